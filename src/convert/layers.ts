/** Which captures of a record are those of carriers around it, and which of these count for the record as well. */
import { frameSlot } from "../format/frame-captures.js";
import type { KernelExports } from "./kernel-exports.js";

const HOST = frameSlot("host");
const [PROGRAM, CARRIER_PROGRAM] = [frameSlot("program"), frameSlot("carrier_program")];
const [PID, CARRIER_PID] = [frameSlot("pid"), frameSlot("carrier_pid")];
const PROGRAMS: readonly number[] = [PROGRAM, CARRIER_PROGRAM];
const PIDS: readonly number[] = [PID, CARRIER_PID];
const DAY = frameSlot("day");
const YEAR = frameSlot("year");
const PRIORITIES: readonly number[] = [frameSlot("priority"), frameSlot("severity")];
const RELAYED = frameSlot("relayed");
const CONTAINED = frameSlot("contained");

/** A carrier: positions of its captures in the log, up to its marker, and what that is. */
export interface Layer {
	readonly first: number;
	/** Position of the marker. */
	readonly marker: number;
	/** Slot of the marker: its number from `MARKERS` on is that of the framing. */
	readonly slot: number;
}

export class Layers {
	/** From the outermost one inwards. */
	readonly carriers: readonly Layer[];
	/** Behind the last carrier. */
	readonly first: number;

	constructor(
		readonly slots: readonly number[],
		readonly framed: number,
		{ MARKERS }: KernelExports,
	) {
		const carriers: Layer[] = [];
		for (let at = 0, first = 0; at < framed; at++) {
			const slot = slots[at] ?? -1;
			if (slot < MARKERS.value && slot !== RELAYED && slot !== CONTAINED) continue;
			carriers.push({ first, marker: at, slot });
			first = at + 1;
		}
		this.carriers = carriers;
		this.first = (carriers.at(-1)?.marker ?? -1) + 1;
	}

	/** Positions of the parts of the record's own stamp in its frame: of the innermost layer that has one, which begins there. */
	get stamp(): readonly [first: number, behind: number] {
		const layers = this.#all;
		return layers.findLast(([first, behind]) => this.slots.slice(first, behind).includes(DAY)) ?? [this.first, this.framed];
	}

	/** From the outermost layer inwards, the frame last. */
	get #all(): (readonly [first: number, behind: number])[] {
		return [...this.carriers.map(({ first, marker }) => [first, marker] as const), [this.first, this.framed]];
	}

	/** The stamp that years are told by is that of a carrier, as that of the frame leaves the year out. */
	get isYearOutside(): boolean {
		const hasYear = ([first, behind]: readonly [number, number]): boolean => this.slots.slice(first, behind).includes(YEAR);
		if (hasYear(this.stamp)) return false;
		return this.#all.some((layer) => layer[0] < this.stamp[0] && hasYear(layer));
	}

	/** A program or a process id that its own carrier tells better. */
	isOutdone(at: number): boolean {
		const layer = this.carriers.find(({ marker }) => at <= marker);
		const better = new Map([
			[CARRIER_PROGRAM, PROGRAM],
			[CARRIER_PID, PID],
		]).get(this.slots[at] ?? -1);
		return layer !== undefined && better !== undefined && this.slots.slice(layer.first, layer.marker).includes(better);
	}

	/** Positions that count for the record: all behind its carriers, and of the nearest carrier what the record does not tell itself. */
	isOwn(at: number): boolean {
		if (at >= this.first) return true;
		const slot = this.slots[at] ?? -1;
		const layer = this.carriers.find(({ marker }) => at <= marker);
		if (layer === undefined) return true;
		const isTold = (slots: readonly number[]): boolean => this.slots.slice(layer.marker).some((other) => slots.includes(other));
		if (this.isOutdone(at)) return false;
		if (slot === HOST) return !isTold([HOST]);
		// A process id is that of its program.
		if (PIDS.includes(slot) || PROGRAMS.includes(slot)) return !isTold(PROGRAMS);
		return PRIORITIES.includes(slot) && !isTold(PRIORITIES);
	}
}
