/** The compiled parsers against ohm-js, on the same payloads and with the same captures read. */

import { Kernel } from "../../src/convert/kernel.js";
import { switchesOf } from "../../src/convert/options.js";
import { composeGrammar } from "../../src/format/compose.js";
import { FRAME_CAPTURES } from "../../src/format/define.js";
import type { Format } from "../../src/format/format.js";
import { matcherFor } from "../../src/grammar/ground.js";
import { grammarNamed, readGrammars } from "../../src/grammar/ohm.js";
import { loadFormats, loadFraming } from "../../src/index.js";
import { oracle } from "../grammar/oracle.js";
import { firstLines, SAMPLES, type Sample } from "./samples.js";
import { median, ratio, table, whole } from "./table.js";

const PAYLOAD = FRAME_CAPTURES.indexOf("payload");
const CONTENT = FRAME_CAPTURES.indexOf("content");
/** Bytes of a capture in the log. */
const CAPTURE = 12;

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
	const syslog = (await loadFraming()).find(({ definition }) => definition.id === "syslog");
	if (syslog === undefined) throw new Error("there is no frame of syslog");
	const frame = matcherFor(syslog.parser, "frame");
	return firstLines(sample, count).map((line) => {
		const bytes = Buffer.from(line);
		const spans = frame(bytes) ?? [];
		for (let at = 0; at < spans.length; at += 3) if (spans[at] === PAYLOAD) return bytes.subarray(spans[at + 1], spans[at + 2]);
		return bytes;
	});
}

/** Median over the runs, of ns per line. */
function timeCompiled(format: Format, switches: readonly string[], payloads: readonly Buffer[], runs: number, hasMessage: boolean): number {
	const kernel = Kernel.take();
	const { entries, setSwitches } = kernel.parser(format.parser);
	setSwitches(switches);
	const log = kernel.start("LOG");
	const { [format.record]: record = noRule, message = noRule } = entries;
	const read = (start: number, end: number): void => {
		const behind = record(start, end, log);
		if (behind === 0) throw new Error(`not a record: ${kernel.text(start, end)}`);
		if (!hasMessage) return;
		const { words } = kernel;
		for (let at = behind - CAPTURE; at >= log; at -= CAPTURE)
			if (words[at / 4] === CONTENT) return void message(words[at / 4 + 1] ?? 0, words[at / 4 + 2] ?? 0, behind);
	};
	const pass = (): number => {
		let time = 0;
		for (const ends of laidOut(payloads, kernel)) {
			const begin = process.hrtime.bigint();
			let start = kernel.start("INPUT");
			for (const end of ends) {
				read(start, end);
				start = end;
			}
			time += Number(process.hrtime.bigint() - begin);
		}
		return time / payloads.length;
	};
	pass();
	const found = median(Array.from({ length: runs }, pass));
	kernel.giveBack();
	return found;
}

const noRule = (): number => 0;

/** Puts payloads into the kernel, as many as have room at once; gives where each of them ends. */
function* laidOut(payloads: readonly Buffer[], kernel: Kernel): Generator<readonly number[]> {
	let ends: number[] = [];
	let end = kernel.start("INPUT");
	for (const payload of payloads) {
		if (end + payload.length + 64 > kernel.end("INPUT")) {
			yield ends;
			ends = [];
			end = kernel.start("INPUT");
		}
		end += payload.copy(kernel.bytes, end);
		ends.push(end);
	}
	yield ends;
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
