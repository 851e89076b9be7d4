/** One record → its captures: frames it, finds the format, and lets the format's grammar read the payload. */
import { type Captured, FRAME_CAPTURES } from "../format/define.js";
import type { Format } from "../format/format.js";
import { FRAMING } from "../format/load.js";
import { newCaptureLog, type Parser } from "../grammar/parser.js";
import type { Reading } from "./reading.js";

const PAYLOAD = FRAME_CAPTURES.indexOf("payload");
const CONTENT = FRAME_CAPTURES.indexOf("content");
const PROGRAM = FRAME_CAPTURES.indexOf("program");

/** How a record was framed: `syslog`, the name of a format's own framing, or bare. */
interface Framing {
	readonly parser: Parser;
	readonly rule: string;
	/** The format whose own framing it is. */
	readonly format: Format | undefined;
}

export interface ReaderOptions {
	/** Bare lines are records of this format. */
	readonly forced?: Format | undefined;
}

/** Reads the records of one stream; it remembers the framing and which program writes what. */
export class Reader {
	readonly #framings: Framing[];
	readonly #byProgram = new Map<string, Format>();
	/** Tried first: streams seldom change their framing. Framings are anchored by their stamps, so the order decides nothing else. */
	#recent: Framing | undefined;

	constructor(
		readonly formats: readonly Format[],
		framing: Parser,
		readonly options: ReaderOptions = {},
	) {
		const own = formats.flatMap((format) =>
			(format.definition.frames ?? []).map((rule): Framing => ({ parser: format.parser, rule, format })),
		);
		this.#framings = [{ parser: framing, rule: FRAMING.start, format: undefined }, ...own];
		for (const format of formats) for (const program of format.definition.programs ?? []) this.#byProgram.set(program, format);
	}

	/** Fills the log of a record that was begun; undefined when no format reads it (frame captures stay in the log). */
	read(reading: Reading): Format | undefined {
		const framing = this.#frame(reading);
		reading.frameLength = reading.log.length;
		if (reading.isCut) return undefined;
		const payload = framing === undefined ? -1 : reading.last(PAYLOAD);
		const start = payload < 0 ? reading.from : (reading.log.data[payload * 3 + 1] ?? 0);
		const end = payload < 0 ? reading.to : (reading.log.data[payload * 3 + 2] ?? 0);
		// A frame without a text (`last message repeated`) is nobody's record.
		if (framing !== undefined && payload < 0) return undefined;
		const format = framing?.format ?? this.#route(reading, framing, start, end);
		if (format === undefined || !this.#readAs(reading, format, start, end)) return undefined;
		return format;
	}

	/** The payload of a record, for samples: only what a frame or a bare line of the format carries. */
	payload(reading: Reading): string {
		const at = reading.last(PAYLOAD);
		return at < 0 ? reading.raw() : reading.textAt(at);
	}

	/** The record goes on in the next physical line, if that line has no frame of its own. */
	isUnfinished(reading: Reading): boolean {
		const framing = this.#recent;
		const rule = framing?.format?.definition.unfinished;
		if (framing === undefined || rule === undefined) return false;
		const length = reading.log.length;
		const found = reading.match(framing.parser, rule, reading.from, reading.to);
		reading.log.length = length;
		return found;
	}

	/** The record begins with a frame that this stream may have. */
	isFramed(reading: Reading): boolean {
		const found = this.#frame(reading) !== undefined;
		reading.log.length = 0;
		return found;
	}

	#frame(reading: Reading): Framing | undefined {
		const recent = this.#recent;
		if (recent !== undefined && reading.match(recent.parser, recent.rule, reading.from, reading.to)) return recent;
		const found = this.#framings.find(
			(framing) => framing !== recent && reading.match(framing.parser, framing.rule, reading.from, reading.to),
		);
		if (found !== undefined) this.#recent = found;
		return found;
	}

	#route(reading: Reading, framing: Framing | undefined, start: number, end: number): Format | undefined {
		if (framing === undefined) {
			const byContent = this.#byContent(reading, start, end);
			return byContent ?? this.options.forced;
		}
		const at = reading.last(PROGRAM);
		const program = at < 0 ? undefined : reading.textAt(at);
		const known = program === undefined ? undefined : this.#byProgram.get(program);
		if (known !== undefined) return known;
		// A program we do not know that writes records of a format once writes all its records so.
		const format = this.#byContent(reading, start, end);
		if (format !== undefined && program !== undefined) this.#byProgram.set(program, format);
		return format;
	}

	#byContent(reading: Reading, start: number, end: number): Format | undefined {
		const { length } = reading.log;
		const found = this.formats.find((format) => {
			const rule = format.definition.bare;
			const matches = rule !== undefined && reading.match(format.parser, rule, start, end);
			reading.log.length = length;
			return matches;
		});
		return found;
	}

	#readAs(reading: Reading, format: Format, start: number, end: number): boolean {
		if (!reading.match(format.parser, format.record, start, end)) return false;
		const content = reading.last(CONTENT);
		if (content >= 0 && content * 3 >= reading.frameLength)
			reading.match(format.parser, "message", reading.log.data[content * 3 + 1] ?? 0, reading.log.data[content * 3 + 2] ?? 0);
		if (format.expandSlots.size > 0) expand(reading, format);
		return true;
	}
}

/** Lets the format reread captures that its grammar cannot finish: counted or encoded values. */
function expand(reading: Reading, format: Format): void {
	for (let at = reading.count - 1; at >= 0; at--) {
		const label = format.expandSlots.get(reading.slot(at));
		const reread = label === undefined ? undefined : format.definition.expand?.[label];
		if (reread === undefined) continue;
		const result = reread(capturedTexts(reading, format), (rule, text) => matchText(format, rule, text));
		if (result === undefined) return;
		const pairs = Object.entries(result).flatMap(([name, texts]) => texts.map((text): [number, string] => [format.slot(name), text]));
		const known = pairs.filter(([slot]) => slot >= 0);
		reading.replace(
			known.map(([slot]) => slot),
			known.map(([, text]) => text),
		);
		return;
	}
}

export function capturedTexts(reading: Reading, format: Format): Captured {
	const texts: Record<string, string[]> = {};
	for (let at = 0; at < reading.count; at++) {
		const name = format.parser.captures[reading.slot(at)] ?? "";
		(texts[name] ??= []).push(reading.textAt(at));
	}
	return texts;
}

/** Applies a rule of the format to a text of its own. */
export function matchText(format: Format, rule: string, text: string): Captured | undefined {
	const log = newCaptureLog();
	if (!format.parser.text(rule)(text, 0, text.length, log)) return undefined;
	const texts: Record<string, string[]> = {};
	for (let i = 0; i < log.length; i += 3) {
		const name = format.parser.captures[log.data[i] ?? -1] ?? "";
		(texts[name] ??= []).push(text.slice(log.data[i + 1], log.data[i + 2]));
	}
	return texts;
}
