/** Where the values of excerpts stand: what the shape of an event says of them, by path; see src/kernel/excerpt.ts. */
import type { Json } from "../format/define.js";
import { stepsOf } from "../format/value-at.js";
import type { Kernel } from "./kernel.js";
import { type Branch, putShape, type Step, type Value } from "./shape.js";

/**
 * What stands at a path. `text`, `number` and `computed` are values of the excerpt, `list` texts that follow each other, `parts` what stands between
 * separators in such texts; the last ones of this list stand in every excerpt.
 */
export type PlaceKind =
	| "nothing"
	| "text"
	| "number"
	| "list"
	| "parts"
	| "computed"
	| "constant"
	| "object"
	| "array"
	| "inside"
	| "id"
	| "time"
	| "raw"
	| "line"
	| "offset"
	| "length"
	| "lines";

/** All places are of one class, which is faster than objects of many kinds. */
export class Place {
	constructor(
		readonly kind: PlaceKind,
		/** Of a list, the first of its values. */
		readonly at: number = 0,
		readonly count: number = 1,
		readonly separator: string = "",
		readonly constant: Json | undefined = undefined,
		readonly children: readonly (readonly [key: string, place: Place])[] = [],
		/** The path goes on inside the value of another place. */
		readonly outer: Place | undefined = undefined,
		readonly inner: string = "",
	) {}
}

const NOTHING = new Place("nothing");

/** A shape, and what it says of paths: each is looked up once. */
export class ExcerptShape {
	readonly #root: Place;
	readonly #places = new Map<string, Place>();
	readonly format: Place;
	readonly host: Place;
	readonly program: Place;
	readonly pid: Place;
	readonly code: Place;
	readonly action: Place;
	readonly outcome: Place;
	readonly file: Place;
	readonly time: Place;

	constructor(
		root: Place,
		/** The first part of event ids. */
		readonly input: string,
	) {
		this.#root = root;
		this.format = this.place("format");
		this.host = this.place("host");
		this.program = this.place("program");
		this.pid = this.place("pid");
		this.code = this.place("code");
		this.action = this.place("action");
		this.outcome = this.place("outcome");
		this.file = this.place("source.file");
		this.time = this.place("time");
	}

	/** The whole event. */
	get whole(): Place {
		return this.#root;
	}

	place(path: string): Place {
		const known = this.#places.get(path);
		if (known !== undefined) return known;
		const found = placeAt(this.#root, stepsOf(path));
		this.#places.set(path, found);
		return found;
	}
}

function placeAt(root: Place, steps: readonly string[]): Place {
	let place = root;
	for (const [i, step] of steps.entries()) {
		if (place.kind === "object" || place.kind === "array") {
			// Whatever the indexes of an array are in the shape, it is written without gaps.
			const isArray = place.kind === "array";
			const child = place.children.find(([key], index) => (isArray ? String(index) : key) === step);
			if (child === undefined) return NOTHING;
			place = child[1];
		} else return new Place("inside", 0, 1, "", undefined, [], place, steps.slice(i).join("."));
	}
	return place;
}

/** The shapes of an input, by number. */
export class ExcerptShapes {
	#shapes = new Map<number, ExcerptShape>();
	#next = 1;
	/** Shapes below this number are in no excerpt that is written from now on. */
	#first = 1;

	/** Puts the shape of the record at hand into the kernel. */
	add(tree: readonly Branch[], input: string, kernel: Kernel): void {
		const steps: Step[] = [];
		const root = new Place("object", 0, 1, "", undefined, childrenOf(tree, steps));
		const number = this.#next++;
		putShape(steps, kernel, number);
		this.#shapes.set(number, new ExcerptShape(root, input));
	}

	/** The kernel has forgotten its shapes; what it has written still tells their numbers. */
	forget(): void {
		this.#first = this.#next;
	}

	/** The shapes of all excerpts that were written up to now. */
	take(): ReadonlyMap<number, ExcerptShape> {
		const taken = this.#shapes;
		const [oldest = this.#first] = taken.keys();
		if (oldest < this.#first) this.#shapes = new Map([...taken].filter(([number]) => number >= this.#first));
		return taken;
	}
}

const childrenOf = (tree: readonly Branch[], steps: Step[]): readonly (readonly [string, Place])[] =>
	tree.map(({ key, children, value, isArray }) => [
		key,
		value === undefined ? new Place(isArray ? "array" : "object", 0, 1, "", undefined, childrenOf(children, steps)) : placeOf(value, steps),
	]);

/** The place of a value; what the kernel has to write for it is added to the steps. */
function placeOf(value: Value, steps: Step[]): Place {
	const at = steps.length;
	switch (value.kind) {
		case "constant":
			return new Place("constant", 0, 1, "", value.json);
		case "text":
			steps.push({ write: "text", at: value.at, around: value.around });
			return new Place("text", at);
		case "integer":
		case "number":
			steps.push({ write: value.kind, at: value.at, demand: value.demand });
			return new Place("number", at);
		case "carrier_time":
			steps.push({ write: "carrier_time", at: value.index });
			return new Place("text", at);
		case "computed":
			steps.push({ write: "computed", at: value.index });
			return new Place("computed", at);
		case "list": {
			const { separator, around } = value;
			for (const one of value.at) steps.push({ write: separator === undefined ? "text" : "parts", at: one, around });
			return new Place(separator === undefined ? "list" : "parts", at, value.at.length, separator);
		}
		default:
			return new Place(value.kind);
	}
}
