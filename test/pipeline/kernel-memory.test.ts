/** The kernel's memory is bounded: what is remembered is forgotten, and what does not fit is written as text. */
import { beforeAll, describe, expect, test } from "vitest";
import { derived, list } from "../../src/format/define.js";
import { loadFraming } from "../../src/format/load.js";
import { random } from "../grammar/mutations.js";
import { smallFormat } from "./small-format.js";
import { eventsOf, type Known, type Way, way } from "./two-ways.js";

const upper = (text: string): string => text.toUpperCase();

const format = smallFormat(
	`record = "letters " (a | b)+               -- letters
	        | "pair " first " " second          -- pair
	        | "both " first "/" both            -- both
	        | "list" (" " value)+               -- list
	        | "sentences " sentences            -- sentences
	 a = "a"
	 b = "b"
	 first = word
	 second = word
	 both = word
	 value = word
	 word = (~(" " | "/") any)*
	 sentences = (sentence | any)*
	 sentence = (~"." any)* "."`,
	{
		a: list("fields.a"),
		b: list("fields.b"),
		sentences: list("fields.sentences"),
		first: derived("fields.first", upper),
		second: derived("fields.second", upper),
		both: derived("fields.both", (text, lookup) => `${lookup("first")}+${text}`, ["first"]),
		value: derived("fields.value", upper),
	},
);

let known: Known;
beforeAll(async () => {
	known = { formats: [format], framing: await loadFraming(), forced: format };
});

/** Checks that the events of records are those of the text path; `after` is called behind each of them. */
function checked(records: readonly string[], after: (stream: Way) => void = () => {}): Way {
	const expected = eventsOf(known, records, true);
	const stream = way(known);
	for (const [i, record] of records.entries()) {
		// Compared as a truth value first: events are long, and there are thousands.
		const event = stream.write(record, false);
		if (event !== expected[i]) expect(event).toBe(expected[i]);
		after(stream);
	}
	stream.end();
	return stream;
}

/** How often memory was given back. */
function forgotten(records: readonly string[]): { readonly times: number; readonly stream: Way } {
	let room = 0;
	let times = 0;
	const stream = checked(records, ({ kernel }) => {
		if (kernel.room > room && room > 0) times++;
		room = kernel.room;
	});
	return { times, stream };
}

describe("what is remembered is forgotten when there is too much of it", () => {
	test("values, each longer than the one before so that it needs a place of its own", () => {
		const records = Array.from({ length: 2000 }, (_, i) => `list ${i}${"x".repeat(i)}`);
		const { times, stream } = forgotten(records);
		expect(times).toBeGreaterThan(0);
		expect(stream.byKernel).toBe(records.length);
	});

	test("plans and shapes, of which each record has its own", () => {
		const records = Array.from({ length: 3000 }, (_, i) => `letters ${i.toString(2).replaceAll("0", "a").replaceAll("1", "b")}`);
		const { times, stream } = forgotten(records);
		expect(times).toBeGreaterThan(0);
		expect(stream.byKernel).toBe(records.length);
	});

	test("what comes again afterwards is found anew", () => {
		const often = ["pair a b", "both a/b", "letters ab", "list a bb ccc"];
		const records = Array.from({ length: 4200 }, (_, i) => [`pair ${i} ${"x".repeat(i % 2000)}`, often[i % often.length] ?? ""]).flat();
		expect(forgotten(records).times).toBeGreaterThan(0);
	});
});

describe("computed values", () => {
	test("two of a record that drive each other out of one place in the table", () => {
		const records = Array.from({ length: 3000 }, (_, i) => `pair ${i} ${i * 7 + 1}`);
		const stream = checked(records);
		const collided = records.length - stream.byKernel;
		// Of 512 places.
		expect(collided).toBeGreaterThan(0);
		expect(collided).toBeLessThan(30);
	});

	test("the same text in both, and one that is looked up", () => {
		const below = random(6);
		const word = (): string => ["", "a", "b", "ab", "a".repeat(17), '"', "\\", "\u0001"][below(8)] ?? "";
		checked(Array.from({ length: 500 }, (_, i) => (i % 2 === 0 ? `pair ${word()} ${word()}` : `both ${word()}/${word()}`)));
	});

	test("longer than what is remembered", () => {
		const records = [100, 1000, 2000, 2100, 5000, 9000, 100_000].map((length) => `pair ${"x".repeat(length)} y`);
		expect(checked(records).byKernel).toBe(3);
	});

	test("more of them than a record has room for", () => {
		const records = [1, 15, 16, 17, 64, 65, 500].map(
			(count) => `list${Array.from({ length: count }, (_, i) => ` ${"x".repeat(i)}`).join("")}`,
		);
		expect(checked(records).byKernel).toBe(3);
	});
});

describe("a record that the parser has no memory for is read as text", () => {
	/** The event, and whether the record was read as bytes. */
	const read = (record: string): boolean => {
		let isBytes = false;
		checked([record, "pair a b"], ({ reading }) => {
			if (reading.bytes.toString("latin1", reading.start, reading.start + 4) !== "pair") isBytes = reading.isBytes;
		});
		return isBytes;
	};

	test("more captures than the log holds", () => {
		const { kernel } = way(known);
		const most = Math.floor((kernel.at.LOG_END - kernel.at.LOG) / 12);
		kernel.giveBack();
		expect(read(`letters ${"a".repeat(most - 20)}`)).toBe(true);
		expect(read(`letters ${"a".repeat(most + 1)}`)).toBe(false);
	});

	test("more to remember than the arena holds", () => {
		expect(read(`sentences ${"x. ".repeat(100)}${"y".repeat(100_000)}`)).toBe(true);
		expect(read(`sentences ${"x. ".repeat(100)}${"y".repeat(600_000)}`)).toBe(false);
	});
});
