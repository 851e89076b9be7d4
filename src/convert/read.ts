/** One record → its captures: frames it, finds the format, and lets the format's grammar read the payload. */
import { type Captured, frameSlot } from "../format/define.js";
import { type Format, programsOf } from "../format/format.js";
import { FRAMING } from "../format/load.js";
import { type BytesMatcher, type CaptureLog, newCaptureLog, type Parser, type TextMatcher } from "../grammar/parser.js";
import { wasm } from "../grammar/webassembly.js";
import type { Kernel } from "./kernel.js";
import { Reading } from "./reading.js";

const PAYLOAD = frameSlot("payload");
const CONTENT = frameSlot("content");
const PROGRAM = frameSlot("program");

/** A rule in both variants, each looked up when it is first needed. */
class Rule {
	#bytes: BytesMatcher | undefined;
	#text: TextMatcher | undefined;
	readonly #logAddress: number;

	constructor(
		readonly parser: Parser,
		readonly name: string,
		readonly kernel: Kernel | undefined,
	) {
		this.#logAddress = kernel?.at.LOG ?? 0;
	}

	/** Matches a span and appends its captures to the log. */
	match(reading: Reading, start: number, end: number): boolean {
		const { log } = reading;
		if (reading.isBytes) {
			const begin = this.#logAddress;
			this.#bytes ??= this.#bytesMatcher();
			const behind = this.#bytes(start, end, begin + log.length * 4);
			if (behind !== 0) log.length = (behind - begin) >> 2;
			return behind !== 0;
		}
		this.#text ??= this.parser.text(this.name);
		return this.#text(reading.text, start, end, log);
	}

	#bytesMatcher(): BytesMatcher {
		const matchers = this.kernel?.matchers(this.parser);
		if (matchers !== undefined) return matchers[this.name] ?? (() => 0);
		return () => {
			throw new wasm.RuntimeError();
		};
	}

	/** Matches without capturing. */
	test(reading: Reading, start: number, end: number): boolean {
		const { length } = reading.log;
		const found = this.match(reading, start, end);
		reading.log.length = length;
		return found;
	}
}

/** A format and the rules that read it. */
interface Rules {
	readonly format: Format;
	readonly programs: RegExp;
	readonly record: Rule;
	readonly message: Rule;
	readonly bare: Rule | undefined;
	readonly unfinished: Rule | undefined;
	/** 1 for slots of case labels that are reread. */
	readonly expands: Uint8Array | undefined;
}

/** Programs that are remembered; names may be forged without end. */
const MOST_PROGRAMS = 10_000;

/** How a record was framed: by the shared framings, or by one of a format's own. */
interface Framing {
	readonly rule: Rule;
	/** The format whose own framing it is. */
	readonly rules: Rules | undefined;
}

export interface ReaderOptions {
	/** Bare lines are records of this format. */
	readonly forced?: Format | undefined;
	/** Where records of bytes stand. */
	readonly kernel?: Kernel | undefined;
}

/** Some daemons name themselves by their path; `postfix/smtpd` is no path. */
const commandName = (program: string): string => (program.startsWith("/") ? program.slice(program.lastIndexOf("/") + 1) : program);

const rulesOf = (format: Format, kernel: Kernel | undefined): Rules => {
	const { bare, unfinished } = format.definition;
	const rule = (name: string | undefined): Rule | undefined => (name === undefined ? undefined : new Rule(format.parser, name, kernel));
	return {
		format,
		programs: programsOf(format.definition),
		record: new Rule(format.parser, format.record, kernel),
		message: new Rule(format.parser, "message", kernel),
		bare: rule(bare),
		unfinished: rule(unfinished),
		expands:
			format.expandSlots.size === 0
				? undefined
				: Uint8Array.from(format.parser.captures, (_, slot) => (format.expandSlots.has(slot) ? 1 : 0)),
	};
};

/** A record that needs more memory than the variant for bytes has ends in a trap; all else that is thrown is none of its reader's business. */
function requireTrap(error: unknown): void {
	if (!(error instanceof wasm.RuntimeError)) throw error;
}

/** After a trap a record is read anew, as text. */
function orAsText<T>(reading: Reading, read: (reading: Reading) => T): T {
	try {
		return read(reading);
	} catch (error) {
		requireTrap(error);
		reading.useText();
		return read(reading);
	}
}

/** Reads the records of one stream; it remembers the framing and which program writes what. */
export class Reader {
	readonly #framings: Framing[];
	readonly #rules: readonly Rules[];
	readonly #forced: Rules | undefined;
	readonly #byProgram = new Map<string, Rules>();
	/** The last program that was known, and its rules: asked for without making a string of it. */
	#recentProgram = "";
	#recentRules: Rules | undefined;
	/** Tried first: streams seldom change their framing. Framings are anchored by their stamps, so the order decides nothing else. */
	#recent: Framing | undefined;

	constructor(formats: readonly Format[], framing: Parser, options: ReaderOptions = {}) {
		const { kernel } = options;
		this.#rules = formats.map((format) => rulesOf(format, kernel));
		this.#forced = this.#rules.find((rules) => rules.format === options.forced);
		const own = this.#rules.flatMap((rules) =>
			(rules.format.definition.frames ?? []).map((name): Framing => ({ rule: new Rule(rules.format.parser, name, kernel), rules })),
		);
		this.#framings = [{ rule: new Rule(framing, FRAMING.start, kernel), rules: undefined }, ...own];
	}

	/** Fills the log of a record that was begun; undefined when no format reads it (frame captures stay in the log). */
	read(reading: Reading): Format | undefined {
		return orAsText(reading, this.#read);
	}

	// Properties, so that no function is made for each record.
	readonly #read = (reading: Reading): Format | undefined => {
		const framing = this.#frame(reading);
		const { log } = reading;
		reading.frameLength = log.length;
		if (reading.isCut) return undefined;
		if (framing === undefined) {
			const rules = this.#byContent(reading, reading.from, reading.to) ?? this.#forced;
			return rules === undefined ? undefined : this.#readAs(reading, rules, reading.from, reading.to);
		}
		const payload = reading.last(PAYLOAD) * 3;
		// A frame without a text (`last message repeated`) is nobody's record.
		if (payload < 0) return undefined;
		const start = log.data[payload + 1] ?? 0;
		const end = log.data[payload + 2] ?? 0;
		const rules = framing.rules ?? this.#route(reading, start, end);
		return rules === undefined ? undefined : this.#readAs(reading, rules, start, end);
	};

	/** The payload of a record, for samples: only what a frame or a bare line of the format carries. */
	payload(reading: Reading): string {
		const at = reading.last(PAYLOAD);
		return at < 0 ? reading.raw() : reading.textAt(at);
	}

	/** The record goes on in the next physical line, if that line has no frame of its own. */
	isUnfinished(reading: Reading): boolean {
		const rule = this.#recent?.rules?.unfinished;
		if (rule === undefined) return false;
		try {
			return rule.test(reading, reading.from, reading.to);
		} catch (error) {
			requireTrap(error);
			// What was captured of the record stays as it is.
			const again = new Reading();
			again.begin(reading.bytes, reading.start, reading.end, false);
			return rule.test(again, again.from, again.to);
		}
	}

	/** The record begins with a frame that this stream may have. */
	isFramed(reading: Reading): boolean {
		const framing = orAsText(reading, this.#frame);
		reading.log.length = 0;
		return framing !== undefined;
	}

	readonly #frame = (reading: Reading): Framing | undefined => {
		const recent = this.#recent;
		if (recent?.rule.match(reading, reading.from, reading.to)) return recent;
		for (const framing of this.#framings) {
			if (framing === recent || !framing.rule.match(reading, reading.from, reading.to)) continue;
			this.#recent = framing;
			return framing;
		}
		return undefined;
	};

	#route(reading: Reading, start: number, end: number): Rules | undefined {
		const at = reading.last(PROGRAM);
		if (at >= 0 && this.#recentRules !== undefined && reading.is(at, this.#recentProgram)) return this.#recentRules;
		const program = at < 0 ? undefined : reading.textAt(at);
		if (program === undefined) return this.#byContent(reading, start, end);
		const known = this.#byProgram.get(program);
		if (known !== undefined) {
			this.#recentProgram = program;
			this.#recentRules = known;
			return known;
		}
		// A program we do not know that writes records of a format once writes all its records so.
		const rules = this.#byName(program) ?? this.#byName(commandName(program)) ?? this.#byContent(reading, start, end);
		if (rules !== undefined && this.#byProgram.size < MOST_PROGRAMS) this.#byProgram.set(program, rules);
		return rules;
	}

	#byName(program: string): Rules | undefined {
		return this.#rules.find(({ programs }) => programs.test(program));
	}

	#byContent(reading: Reading, start: number, end: number): Rules | undefined {
		return this.#rules.find((rules) => rules.bare?.test(reading, start, end));
	}

	#readAs(reading: Reading, rules: Rules, start: number, end: number): Format | undefined {
		if (!rules.record.match(reading, start, end)) return undefined;
		const { log, frameLength } = reading;
		const content = reading.last(CONTENT) * 3;
		if (content >= frameLength) rules.message.match(reading, log.data[content + 1] ?? 0, log.data[content + 2] ?? 0);
		if (rules.expands !== undefined) expand(reading, rules.format, rules.expands);
		return rules.format;
	}
}

/** Lets the format reread captures that its grammar cannot finish: counted or encoded values. */
function expand(reading: Reading, format: Format, slots: Uint8Array): void {
	for (let at = reading.count - 1; at >= 0; at--) {
		const slot = reading.slot(at);
		if (slots[slot] !== 1) continue;
		const label = format.expandSlots.get(slot);
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

/** Texts of the captures of a log by name, in their order. */
function byName(format: Format, log: CaptureLog, textAt: (at: number) => string): Captured {
	const texts: Record<string, string[]> = {};
	for (let at = 0; at < log.length / 3; at++) {
		const name = format.parser.captures[log.data[at * 3] ?? -1] ?? "";
		const list = texts[name];
		if (list === undefined) texts[name] = [textAt(at)];
		else list.push(textAt(at));
	}
	return texts;
}

const capturedTexts = (reading: Reading, format: Format): Captured => byName(format, reading.log, (at) => reading.textAt(at));

/** Applies a rule of the format to a text of its own. */
export function matchText(format: Format, rule: string, text: string): Captured | undefined {
	const log = newCaptureLog();
	if (!format.parser.text(rule)(text, 0, text.length, log)) return undefined;
	return byName(format, log, (at) => text.slice(log.data[at * 3 + 1], log.data[at * 3 + 2]));
}
