/** The compiled parsers against ohm-js, on the same payloads and with the same captures read. */
import { FRAME_CAPTURES } from "../../src/format/define.js";
import type { Format } from "../../src/format/format.js";
import { composeGrammar } from "../../src/format/load.js";
import { grammarNamed, readGrammars } from "../../src/grammar/ohm.js";
import { newCaptureLog } from "../../src/grammar/parser.js";
import { loadFormats, loadFraming } from "../../src/index.js";
import { switchesOf } from "../../src/pipeline/profile.js";
import { oracle } from "../grammar/oracle.js";
import { firstLines, SAMPLES, type Sample } from "./samples.js";
import { median, ratio, table, whole } from "./table.js";

const PAYLOAD = FRAME_CAPTURES.indexOf("payload");
const CONTENT = FRAME_CAPTURES.indexOf("content");

/** Lines that ohm-js reads: enough for a ratio, and done in seconds. */
const OHM_LINES = 100;

export async function engine(lines: number, runs: number): Promise<string> {
	const formats = await loadFormats();
	const rows: string[][] = [];
	for (const sample of SAMPLES) {
		const format = formats.find(({ id }) => id === sample.format);
		if (format === undefined) throw new Error(`there is no format ${sample.format}`);
		const payloads = await payloadsOf(sample, Math.min(lines, 50_000));
		const switches = switchesIn(format, sample);
		const compiled = [false, true].map((hasMessage) => timeCompiled(format, switches, payloads, runs, hasMessage));
		const ohm = timeOhm(format, switches, payloads.slice(0, OHM_LINES));
		const columns = compiled.flatMap((own, i) => [whole(own), whole(ohm[i] ?? Number.NaN), ratio((ohm[i] ?? Number.NaN) / own)]);
		rows.push([sample.title, ...columns]);
	}
	return table(["payload to captures, ns per line", "compiled", "ohm-js", "ratio", "with the catalog", "ohm-js", "ratio"], rows);
}

const switchesIn = (format: Format, sample: Sample): readonly string[] =>
	format.definition.profile === undefined ? [] : switchesOf(format.definition.profile, sample.options ?? {});

/** What the frames of a sample's lines carry. */
async function payloadsOf(sample: Sample, count: number): Promise<Buffer[]> {
	const frame = (await loadFraming()).bytes("frame");
	const log = newCaptureLog();
	return firstLines(sample, count).map((line) => {
		const bytes = Buffer.from(line);
		log.length = 0;
		if (!frame(bytes, 0, bytes.length, log)) return bytes;
		for (let at = 0; at < log.length; at += 3)
			if (log.data[at] === PAYLOAD) return Buffer.from(bytes.subarray(log.data[at + 1], log.data[at + 2]));
		return bytes;
	});
}

/** Median over the runs, of ns per line. */
function timeCompiled(format: Format, switches: readonly string[], payloads: readonly Buffer[], runs: number, hasMessage: boolean): number {
	format.parser.setSwitches(switches);
	const record = format.parser.bytes(format.record);
	const message = format.parser.bytes("message");
	const log = newCaptureLog();
	const pass = (): number => {
		const begin = process.hrtime.bigint();
		for (const bytes of payloads) {
			log.length = 0;
			if (!record(bytes, 0, bytes.length, log)) throw new Error(`not a record: ${bytes.toString()}`);
			for (let at = hasMessage ? log.length - 3 : -1; at >= 0; at -= 3) {
				if (log.data[at] !== CONTENT) continue;
				message(bytes, log.data[at + 1] ?? 0, log.data[at + 2] ?? 0, log);
				break;
			}
		}
		return Number(process.hrtime.bigint() - begin) / payloads.length;
	};
	pass();
	return median(Array.from({ length: runs }, pass));
}

/** Ns per line for the records alone, and together with their messages. */
function timeOhm(format: Format, switches: readonly string[], payloads: readonly Buffer[]): readonly number[] {
	const composed = composeGrammar(format.definition, format.folder, format.catalog);
	// Switch rules are fixed in a grammar of ohm-js: one that inherits has them on.
	const on = `Switched <: ${composed.name} { ${switches.map((name) => `${name} := ""`).join(" ")} }`;
	const grammar = grammarNamed(readGrammars([{ file: "switched.ohm", text: on }], composed.grammars), "Switched", "switched.ohm");
	const record = oracle(grammar, format.record, format.parser.captures);
	const message = oracle(grammar, "message", format.parser.captures);
	const contents: string[] = [];
	const time = (texts: readonly string[], read: (text: string) => void): number => {
		for (const text of texts.slice(0, 10)) read(text);
		const begin = process.hrtime.bigint();
		for (const text of texts) read(text);
		return Number(process.hrtime.bigint() - begin) / payloads.length;
	};
	const texts = payloads.map((bytes) => bytes.toString());
	const records = time(texts, record);
	for (const text of texts) {
		const content = record(text)?.findLast(([name]) => name === "content");
		if (content !== undefined) contents.push(text.slice(content[1], content[2]));
	}
	return [records, records + time(contents, message)];
}
