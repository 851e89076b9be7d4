/**
 * What can be known of a record from the names of its captures alone, worked out once for all records that were captured
 * alike: real logs have a few hundred plans, and most records then need no more than a look at the right places.
 */
import { frameSlot } from "../format/define.js";
import type { Format, IndexedEntry, IndexedWhen } from "../format/format.js";
import type { LevelChoice } from "./choose.js";
import type { Computation, Deriver, Results } from "./derive.js";
import type { Reading } from "./reading.js";
import type { Shape } from "./shape.js";
import { type StampPlaces, stampPlaces } from "./stamp.js";

/** A case of an entry's `when`: its tests, with the positions of their captures. */
export type PlacedWhen = readonly { readonly at: number; readonly test: IndexedWhen["tests"][number]["test"] }[];

const PRIORITY: number = frameSlot("priority");
const SEVERITY: number = frameSlot("severity");

/** What the plan of a record depends on besides its captures and where its frame ends, in a number. */
export function recordKey(reading: Reading, format: Format | undefined): number {
	const end = reading.eol === "\n" ? 0 : reading.eol === "" ? 1 : 2;
	const flags =
		(reading.isLatin1 ? 1 : 0) + (reading.lines > 1 ? 2 : 0) + (reading.expanded === undefined ? 0 : 4) + (reading.isBytes ? 8 : 0);
	return (format === undefined ? 0 : format.number) * 64 + end * 16 + flags;
}

/** Computed values of which a number can tell which ones are there, besides all else that it tells. */
export const MOST_IN_NUMBER = 16;

/** Computations that the kernel has room for. */
const MOST_COMPUTATIONS = 64;

/** A shape, and all that it depends on besides the plan. */
export interface Recent {
	shape: Shape | undefined;
	entry: IndexedEntry | undefined;
	when: number;
	told: LevelChoice | undefined;
	timeKey: number;
	present: number | string;
}

export class Plan {
	/** Entry of the template that matched. */
	readonly entry: IndexedEntry | undefined;
	/** Position of the capture that the entry is looked up by, -1 when it is known already. */
	readonly lookupAt: number;
	/** Positions of captures that may tell the level. */
	readonly levelAt: readonly number[];
	readonly stamp: StampPlaces | undefined;
	readonly computations: readonly Computation[];
	/** The kernel can find their results. */
	readonly isForKernel: boolean;
	/** Where it finds each of them. */
	readonly addresses: readonly number[];
	/** Which of the computations may tell the year, the best first. */
	readonly yearFrom: readonly number[];
	readonly derivedCount: number;
	/** By a key of all else that a shape depends on. */
	readonly shapes: Map<number | string, Shape> = new Map();
	/** The last shape, and what it was for. */
	readonly recent: Recent = { shape: undefined, entry: undefined, when: -1, told: undefined, timeKey: 0, present: 0 };
	readonly #slots: Int32Array;
	readonly #frameLength: number;
	readonly #cases = new Map<IndexedEntry, readonly PlacedWhen[]>();

	constructor(
		readonly key: number,
		reading: Reading,
		format: Format | undefined,
		deriver: Deriver | undefined,
		results: Results,
	) {
		const slots = Array.from({ length: reading.count }, (_, at) => reading.slot(at));
		this.#slots = Int32Array.from(slots);
		this.#frameLength = reading.frameLength;
		const template = format === undefined ? -1 : slots.findLast((slot) => slot >= format.firstEntrySlot);
		this.entry = template === undefined ? undefined : format?.entryOfSlot[template];
		this.lookupAt = template !== undefined || format === undefined ? -1 : this.#last(format.lookupSlot);
		this.levelAt = slots.flatMap((slot, at) => (slot === PRIORITY || slot === SEVERITY || format?.levelSlots[slot] === 1 ? [at] : []));
		this.stamp = stampPlaces(reading);
		this.computations = slots.flatMap((slot, at) => {
			const computer = deriver?.computers[slot];
			return computer === undefined ? [] : [{ computer, at, used: (computer.uses ?? []).map((used) => this.#last(used)) }];
		});
		this.yearFrom = (format?.yearSlots ?? [])
			.map((slot) => this.computations.findIndex(({ at }) => at === this.#last(slot)))
			.filter((index) => index >= 0);
		this.derivedCount = this.computations.reduce((sum, { computer }) => sum + computer.derived.length, 0);
		this.isForKernel =
			reading.isPlain &&
			this.derivedCount <= MOST_IN_NUMBER &&
			this.computations.length <= MOST_COMPUTATIONS &&
			this.computations.every(({ computer }) => computer.uses !== undefined);
		this.addresses = this.isForKernel ? results.place(this.computations) : [];
	}

	isFor(key: number, reading: Reading): boolean {
		const slots = this.#slots;
		const { data, length } = reading.log;
		if (this.key !== key || this.#frameLength !== reading.frameLength || slots.length * 3 !== length) return false;
		for (let at = 0, i = 0; i < length; i += 3, at++) if (slots[at] !== data[i]) return false;
		return true;
	}

	/** The tests of an entry's cases. */
	casesOf(entry: IndexedEntry): readonly PlacedWhen[] {
		const known = this.#cases.get(entry);
		if (known !== undefined) return known;
		const cases = entry.when.map(({ tests }) => tests.map(({ slot, test }) => ({ at: this.#last(slot), test })));
		this.#cases.set(entry, cases);
		return cases;
	}

	/** Position of the last capture of a slot, -1 for none. */
	#last(slot: number): number {
		return slot < 0 ? -1 : this.#slots.lastIndexOf(slot);
	}
}
