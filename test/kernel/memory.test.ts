/** The kernel's memory is bounded: what is remembered is forgotten, and regions grow for records that need it. */
import { beforeAll, describe, expect, test } from "vitest";
import { Kernel } from "../../src/convert/kernel.js";
import { makeRoom } from "../../src/convert/room.js";
import { derived, list, text } from "../../src/format/define.js";
import { loadFraming } from "../../src/format/load.js";
import type { Settings } from "../../src/index.js";
import { corpusLines } from "../convert/arbitrary-logs.js";
import { converted } from "../corpus/conversion.js";
import { loadTestFormats } from "../corpus/formats.js";
import { smallFormat } from "./small-format.js";

let computed = 0;
const upper = (text: string): string => {
	computed++;
	return text.toUpperCase();
};

const format = smallFormat(
	`record = "letters " (a | b)+               -- letters
	        | "pair " first " " second          -- pair
	        | "both " first "/" both            -- both
	        | "secret " first "/" secret        -- secret
	        | "list" (" " value)+               -- list
	        | "sentences " sentences            -- sentences
	 a = "a"
	 b = "b"
	 first = word
	 second = word
	 both = word
	 secret = word
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
		// Nobody says what it looks up, so nothing can be remembered.
		secret: derived("fields.secret", (text, lookup) => (text === "" ? undefined : `${lookup("first")}-${text}`)),
		value: derived("fields.value", upper),
	},
);

let settings: Settings;
beforeAll(async () => {
	settings = { formats: [format], framing: await loadFraming(), forced: format };
});

/** The open fields of the events of records. */
async function fieldsOf(records: readonly string[], more: Partial<Settings> = {}): Promise<readonly unknown[]> {
	const { events } = await converted(records.map((record) => `${record}\n`).join(""), { ...settings, ...more });
	return events.map(({ fields }) => fields);
}

/** How often the heap was cleared meanwhile. */
async function forgotten(work: () => Promise<unknown>): Promise<number> {
	const { forget } = Kernel.prototype;
	let times = 0;
	Kernel.prototype.forget = function (this: Kernel): void {
		times++;
		forget.call(this);
	};
	try {
		await work();
	} finally {
		Kernel.prototype.forget = forget;
	}
	return times;
}

describe("what is remembered is forgotten when there is too much of it", () => {
	test("plans and shapes, of which each record has its own", async () => {
		const letters = Array.from({ length: 5000 }, (_, i) => i.toString(2).replaceAll("0", "a").replaceAll("1", "b"));
		let found: readonly unknown[] = [];
		const times = await forgotten(async () => {
			found = await fieldsOf(letters.map((word) => `letters ${word}`));
		});
		// Once for each of two kernels that are taken, and more.
		expect(times).toBeGreaterThan(3);
		const only = (word: string, letter: string): object =>
			word.includes(letter) ? { [letter]: [...word].filter((one) => one === letter) } : {};
		expect(found).toEqual(letters.map((word) => ({ ...only(word, "a"), ...only(word, "b") })));
	});
});

describe("the heap", () => {
	test("has room for all that one record needs, also when each piece of it would fit alone", () => {
		const kernel = new Kernel();
		const [plan, shape] = [3_000_000, 4_000_000];
		const need = (): string => {
			for (const size of [plan, shape])
				try {
					kernel.reserve(size);
					kernel.allocate(size);
				} catch (error) {
					return `no room, so ${makeRoom(kernel, error)} is cleared`;
				}
			return "room";
		};
		// Cleared first, as it may hold what other records need; then larger.
		expect([need(), need(), need()]).toEqual(["no room, so HEAP is cleared", "no room, so HEAP is cleared", "room"]);
	});

	test("of a record of tens of thousands of captures", async () => {
		const lengths = [70_000];
		expect(await fieldsOf(lengths.map((length) => `letters ${"a".repeat(length)}`))).toEqual(
			lengths.map((length) => ({ a: Array(length).fill("a") })),
		);
	});
});

/** Runs with a look at all that is put into the heap; gives by how many bytes it was more than was reserved for it. */
async function unreserved(work: () => Promise<unknown>): Promise<number> {
	const { reserve, allocate } = Kernel.prototype;
	let left = 0;
	let most = 0;
	Kernel.prototype.reserve = function (this: Kernel, size: number): void {
		reserve.call(this, size);
		left = size;
	};
	Kernel.prototype.allocate = function (this: Kernel, size: number): number {
		const before = this.room;
		const address = allocate.call(this, size);
		left -= before - this.room;
		most = Math.max(most, -left);
		return address;
	};
	try {
		await work();
	} finally {
		Object.assign(Kernel.prototype, { reserve, allocate });
	}
	return most;
}

describe("what is put into the heap was reserved before", () => {
	test("for records of all formats", async () => {
		const known = await loadTestFormats();
		expect(await unreserved(() => converted(Buffer.from(corpusLines.join("\n"), "latin1"), known))).toBe(0);
	});

	test("for lists with long words between their elements", async () => {
		const captures = Array.from({ length: 40 }, (_, i) => `list${i}`);
		const between = "か".repeat(400);
		const lists = smallFormat(
			`record = ${captures.join(" ")}\n ${captures.map((name) => `${name} = letter ("${between}" letter)*`).join("\n ")}`,
			Object.fromEntries(captures.map((name) => [name, list(`fields.${name}`, between)])),
		);
		const record = captures.map(() => `a${between}b`).join("");
		const found = await unreserved(async () => {
			const [fields] = await fieldsOf([record], { formats: [lists], forced: lists });
			expect(fields).toEqual(Object.fromEntries(captures.map((name) => [name, ["a", "b"]])));
		});
		expect(found).toBe(0);
	});
});

test("texts that are longer than their record, as they were read again, have room in the output", async () => {
	// Longer than what lies between the output and the heap.
	const long = "y".repeat(4_000_000);
	const again = smallFormat(
		"record = text -- again\n text = any*",
		{ text: text("fields.text") },
		{ expand: { record_again: () => ({ text: [long] }) } },
	);
	const found = await fieldsOf(Array(3).fill("x"), { formats: [again], forced: again });
	expect(found).toEqual(Array(3).fill({ text: long }));
});

describe("computed values", () => {
	test("the same texts are computed once", async () => {
		await fieldsOf(["pair one two"]);
		computed = 0;
		await fieldsOf(Array.from({ length: 1000 }, () => "pair one two"));
		// Two for each of the two conversions that `converted` compares; first and second compute the same, and share what is known.
		expect(computed).toBe(4);
	});

	test("many of a record that drive each other out of their places", async () => {
		const words = Array.from({ length: 3000 }, (_, i) => `w${i * 7}`);
		expect(await fieldsOf([`list ${words.join(" ")}`, "pair a b"])).toEqual([
			{ value: words.at(-1)?.toUpperCase() },
			{ first: "A", second: "B" },
		]);
	});

	test("that look up others, and that nobody can remember", async () => {
		expect(await fieldsOf(["both a/b", "both a/c", "both x/b", "secret a/b", "secret x/b", "secret a/"])).toEqual([
			{ first: "A", both: "a+b" },
			{ first: "A", both: "a+c" },
			{ first: "X", both: "x+b" },
			{ first: "A", secret: "a-b" },
			{ first: "X", secret: "x-b" },
			{ first: "A" },
		]);
	});

	test("longer than what is remembered", async () => {
		const lengths = [100, 1000, 3000, 9000, 100_000, 900_000];
		const found = await fieldsOf(lengths.map((length) => `pair ${"x".repeat(length)} é`));
		expect(found).toEqual(lengths.map((length) => ({ first: "X".repeat(length), second: "É" })));
	});
});

describe("a record that needs more memory is read again in a larger one", () => {
	test("more captures than the log holds", async () => {
		const [fields] = await fieldsOf([`letters ${"a".repeat(100_000)}b`, "pair a b"]);
		expect(fields).toEqual({ a: Array(100_000).fill("a"), b: ["b"] });
	});

	test("more to remember than the arena holds", async () => {
		const text = `${"x. ".repeat(100)}${"y".repeat(900_000)}`;
		expect(await fieldsOf([`sentences ${text}`, "pair a b"])).toEqual([{ sentences: [text] }, { first: "A", second: "B" }]);
	});

	test("Latin-1 that becomes longer as UTF-8 than there is room for", async () => {
		const text = Buffer.concat([Buffer.from("pair "), Buffer.alloc(200_000, 0xe9), Buffer.from(" b\npair a b\n")]);
		const { events } = await converted(text, settings);
		expect(events.map(({ raw_encoding, fields }) => [raw_encoding, fields?.second])).toEqual([
			["latin1", "B"],
			[undefined, "B"],
		]);
	});
});
