import { beforeAll, describe, expect, it } from "vitest";
import { type BuiltIn, builtIn, corpusLines, IDS, SYSLOG } from "./built-in.js";
import { mutated, type Random, random } from "./mutations.js";
import { type Oracle, oracle, runCompiled, type Span, spansOf, wellFormed } from "./oracle.js";

// ohm-js needs up to some milliseconds for a line: a sample of each corpus, the same in every run.
const LINES: Readonly<Record<string, number>> = {
	"milter-manager": 40,
	postfix: 120,
	smtpf: 60,
	"sun-mta": 100,
	"sun-service": 150,
	[SYSLOG]: 300,
};
/** Frames that stand only within others: their lines are read by those. */
const INNER: ReadonlySet<string> = new Set(["frames/forwarded", "frames/last-repeated", "frames/relayed", "frames/repeated"]);
const TIMES = Number(process.env.FUZZ_RUNS ?? 1);
const MUTATIONS_PER_LINE = 2;

const capture = (spans: readonly Span[] | undefined, name: string, text: string): string | undefined => {
	const found = spans?.find((span) => span[0] === name);
	return found === undefined ? undefined : text.slice(found[1], found[2]);
};

/** Behind the frame of a syslog daemon or of the format itself; the whole line where there is none. */
function payloadOf(line: string, framing: BuiltIn, format: BuiltIn): string {
	for (const rule of framing.frames) {
		const payload = capture(spansOf(framing.parser, rule, line), "payload", line);
		if (payload !== undefined) return payload;
	}
	for (const rule of format.frames) {
		const payload = capture(spansOf(format.parser, rule, line), "payload", line);
		if (payload !== undefined) return payload;
	}
	return line;
}

class Judge {
	compared = 0;
	accepted = 0;
	readonly #oracles = new Map<string, Oracle>();

	constructor(readonly format: BuiltIn) {}

	compare(rule: string, damaged: string): void {
		const text = wellFormed(damaged);
		const known = this.#oracles.get(rule) ?? oracle(this.format.grammar, rule, this.format.captures);
		this.#oracles.set(rule, known);
		const judged = known(text);
		const captures = runCompiled(this.format.parser, rule, text);
		if (JSON.stringify(captures) !== JSON.stringify(judged)) expect({ rule, text, captures }).toEqual({ rule, text, captures: judged });
		this.compared++;
		if (judged !== undefined) this.accepted++;
	}

	/** What the format does with a payload: its record, one of its other rules, and the message that the record holds. */
	comparePayload(text: string, below: Random): void {
		const [record = "record", ...others] = this.format.payloads;
		this.compare(record, text);
		const other = others[below(others.length)];
		if (other !== undefined) this.compare(other, text);
		const content = capture(spansOf(this.format.parser, record, text), "content", text);
		if (content === undefined) return;
		for (const rule of this.format.contents) {
			this.compare(rule, content);
			this.compare(rule, mutated(content, below));
		}
	}
}

/** Spread evenly, in an order that does not change. */
function sample(lines: readonly string[], count: number): readonly string[] {
	const every = Math.max(1, Math.floor(lines.length / count));
	return lines.filter((_, i) => i % every === 0).slice(0, count);
}

describe("compiled = ohm-js on real lines and damaged ones", () => {
	const loaded = new Map<string, BuiltIn>();
	beforeAll(async () => {
		for (const id of IDS) loaded.set(id, await builtIn(id));
	});

	it.each(IDS)("%s", (id) => {
		const [format, framing] = [loaded.get(id), loaded.get(SYSLOG)];
		if (format === undefined || framing === undefined) throw new Error(`${id} is not loaded`);
		const judge = new Judge(format);
		const below = random(20_261_121);
		const lines = sample(corpusLines(id), (LINES[id] ?? 25) * TIMES);
		for (const line of lines)
			for (let damage = 0; damage <= MUTATIONS_PER_LINE; damage++) {
				const damaged = (text: string): string => (damage === 0 ? text : mutated(text, below));
				const frame = format.frames[below(format.frames.length)];
				if (frame !== undefined) judge.compare(frame, damaged(line));
				if (format.payloads.length > 0) judge.comparePayload(damaged(payloadOf(line, framing, format)), below);
			}
		expect(judge.compared).toBeGreaterThan(lines.length);
		if (!INNER.has(id)) expect(judge.accepted).toBeGreaterThan(lines.length / 4);
	});
});
