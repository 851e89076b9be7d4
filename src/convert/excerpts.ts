/** Views of events over excerpts, as src/kernel/excerpt.ts writes them. */
import type { Action, Outcome } from "../format/event.js";
import type { EventBatch, EventPart, EventView } from "../format/event-view.js";
import type { Json } from "../format/json.js";
import { valueAt } from "../format/value-at.js";
import type { ExcerptShape, Place } from "./excerpt-shape.js";
import type { Moments } from "./moments.js";
import { textIn } from "./texts.js";

/** Words of an excerpt; `Excerpt` of the kernel. */
const SIZE = 0;
const SHAPE = 1;
const OFFSET = 2;
const LINE = 4;
const TIME = 6;
const RAW = 8;
const LENGTH = 10;
const LINES = 11;
const VALUES = 12;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
/** So many digits are a number that is exact. */
const DIGITS = 15;
const NONE: readonly string[] = [];

/** The excerpts of a block of bytes. */
export class Excerpts implements EventBatch {
	readonly bytes: Buffer;
	readonly words: Int32Array;
	readonly #doubles: Float64Array;
	/** Where each of them begins, in words. */
	readonly #starts: number[] = [];

	/** @param written what the kernel has written, in memory of its own */
	constructor(
		readonly shapes: ReadonlyMap<number, ExcerptShape>,
		written: Uint8Array,
		readonly moments: Moments,
	) {
		const { buffer, byteOffset, length } = written;
		this.bytes = Buffer.from(buffer, byteOffset, length);
		this.words = new Int32Array(buffer, byteOffset, length >> 2);
		this.#doubles = new Float64Array(buffer, byteOffset, length >> 3);
		for (let at = 0; at < this.words.length; at += this.word(at + SIZE) >> 2) this.#starts.push(at);
	}

	get length(): number {
		return this.#starts.length;
	}

	at(index: number): EventView | undefined {
		const start = this.#starts[index];
		const shape = start === undefined ? undefined : this.shapes.get(this.word(start + SHAPE));
		return start === undefined || shape === undefined ? undefined : new ExcerptView(this, start, shape);
	}

	word(at: number): number {
		return this.words[at] as number;
	}

	/** The number in two words. */
	double(at: number): number {
		return this.#doubles[at >> 1] as number;
	}

	/** The text whose start and end stand in two words. */
	text(at: number): string {
		return textIn(this.bytes, this.word(at), this.word(at + 1));
	}

	/** The number whose digits they are; other texts in their quotes. */
	number(at: number): Json {
		const start = this.word(at);
		const end = this.word(at + 1);
		if (end - start > DIGITS) return JSON.parse(textIn(this.bytes, start, end)) as Json;
		let value = 0;
		for (let i = start; i < end; i++) {
			const digit = (this.bytes[i] as number) - ZERO;
			if (digit < 0 || digit > 9) return JSON.parse(textIn(this.bytes, start, end)) as Json;
			value = value * 10 + digit;
		}
		return value;
	}

	/** The value whose JSON they are. */
	json(at: number): Json {
		const start = this.word(at);
		const end = this.word(at + 1);
		const first = this.bytes[start];
		if (first !== QUOTE) return this.number(at);
		for (let i = start; i < end; i++) if (this.bytes[i] === BACKSLASH) return JSON.parse(textIn(this.bytes, start, end)) as Json;
		return textIn(this.bytes, start + 1, end - 1);
	}
}

/** An excerpt as trackers read it. */
class ExcerptView implements EventView {
	readonly #all: Excerpts;
	/** Where its words begin. */
	readonly #start: number;
	readonly #shape: ExcerptShape;

	constructor(all: Excerpts, start: number, shape: ExcerptShape) {
		this.#all = all;
		this.#start = start;
		this.#shape = shape;
	}

	get id(): string {
		return `${this.#shape.input}:${this.#all.double(this.#start + OFFSET)}`;
	}

	get format(): string | undefined {
		return this.#textAt(this.#shape.format);
	}

	get time(): number | undefined {
		const { kind } = this.#shape.time;
		if (kind === "nothing") return undefined;
		const all = this.#all;
		if (kind === "time") return all.moments.of(all.bytes, all.word(this.#start + TIME), all.word(this.#start + TIME + 1));
		return Date.parse(this.#textAt(this.#shape.time) ?? "");
	}

	get host(): string | undefined {
		return this.#textAt(this.#shape.host);
	}

	get program(): string | undefined {
		return this.#textAt(this.#shape.program);
	}

	get pid(): number | undefined {
		return this.#numberAt(this.#shape.pid);
	}

	get code(): string | undefined {
		return this.#textAt(this.#shape.code);
	}

	get action(): Action | undefined {
		// The schema of catalogs allows no others.
		return this.#textAt(this.#shape.action) as Action | undefined;
	}

	get outcome(): Outcome | undefined {
		return this.#textAt(this.#shape.outcome) as Outcome | undefined;
	}

	get file(): string | undefined {
		return this.#textAt(this.#shape.file);
	}

	get line(): number | undefined {
		return this.#all.double(this.#start + LINE);
	}

	raw(): string | undefined {
		return this.#all.text(this.#start + RAW);
	}

	has(path: string): boolean {
		const place = this.#shape.place(path);
		return place.kind === "inside" ? this.#valueAt(place) !== undefined : place.kind !== "nothing";
	}

	text(path: string): string | undefined {
		return this.#textAt(this.#shape.place(path));
	}

	number(path: string): number | undefined {
		return this.#numberAt(this.#shape.place(path));
	}

	texts(path: string): readonly string[] {
		const value = this.#valueAt(this.#shape.place(path));
		return isTexts(value) ? value : NONE;
	}

	value(path: string): Json | undefined {
		return this.#valueAt(this.#shape.place(path));
	}

	whole(): EventPart {
		// It is what the record is converted to.
		return this.#valueAt(this.#shape.whole) as unknown as EventPart;
	}

	#textAt(place: Place): string | undefined {
		if (place.kind === "text") return this.#all.text(this.#start + VALUES + 2 * place.at);
		const value = place.kind === "constant" ? place.constant : this.#valueAt(place);
		return typeof value === "string" ? value : undefined;
	}

	#numberAt(place: Place): number | undefined {
		const value = this.#valueAt(place);
		return typeof value === "number" ? value : undefined;
	}

	#valueAt(place: Place): Json | undefined {
		const all = this.#all;
		const at = this.#start + VALUES + 2 * place.at;
		switch (place.kind) {
			case "nothing":
				return undefined;
			case "constant":
				return place.constant;
			case "text":
				return all.text(at);
			case "number":
				return all.number(at);
			case "computed":
				return all.json(at);
			case "list":
				return Array.from({ length: place.count }, (_, i) => all.text(at + 2 * i));
			case "parts":
				return Array.from({ length: place.count }, (_, i) => all.text(at + 2 * i)).flatMap((text) =>
					text === "" ? [] : text.split(place.separator),
				);
			case "array":
				return place.children.map(([, child]) => this.#valueAt(child) ?? null);
			case "object":
				return Object.fromEntries(place.children.map(([key, child]) => [key, this.#valueAt(child) ?? null]));
			case "inside":
				return this.#inside(place);
			default:
				return this.#headAt(place);
		}
	}

	#inside({ outer, inner }: Place): Json | undefined {
		const value = outer === undefined ? undefined : this.#valueAt(outer);
		return typeof value === "object" && value !== null ? valueAt(value, inner) : undefined;
	}

	/** What stands in every excerpt. */
	#headAt({ kind }: Place): Json | undefined {
		const [all, start] = [this.#all, this.#start];
		switch (kind) {
			case "id":
				return this.id;
			case "time":
				return all.text(start + TIME);
			case "raw":
				return all.text(start + RAW);
			case "line":
				return all.double(start + LINE);
			case "offset":
				return all.double(start + OFFSET);
			case "length":
				return all.word(start + LENGTH);
			default:
				return all.word(start + LINES);
		}
	}
}

const isTexts = (value: Json | undefined): value is readonly string[] =>
	Array.isArray(value) && value.every((one) => typeof one === "string");
