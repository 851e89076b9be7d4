/** Writes lines of a sample: `node writer.js FORMAT LINES`. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { linesOf, SAMPLES } from "./samples.js";

const [format, count] = process.argv.slice(2);
const sample = SAMPLES.find((one) => one.format === format);
if (sample === undefined) throw new Error(`there is no sample of ${format}`);

/** So many lines are written at once. */
const BLOCK = 1000;

function* blocks(most: number): Generator<string> {
	let [block, written] = ["", 0];
	for (const line of linesOf(sample as NonNullable<typeof sample>)) {
		if (written === most) break;
		block += `${line}\n`;
		if (++written % BLOCK > 0) continue;
		yield block;
		block = "";
	}
	if (block !== "") yield block;
}

await pipeline(Readable.from(blocks(Number(count))), process.stdout);
