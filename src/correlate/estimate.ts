/** The difference of two clocks from witnesses of which some are wrong: the densest place, a line through it, and who is near it. */
import type { ClockOffset } from "./trail.js";

/** A pair of stamps: when, and how far apart, in milliseconds. */
export interface Witness {
	readonly time: number;
	readonly difference: number;
	readonly weight: number;
}

/** Witnesses that are kept; more say nothing new, and clocks that drift are followed. */
const MOST = 512;
/** Right witnesses lie within so much of each other: stamps of whole seconds, and the time between two log lines. */
const WIDTH = 3000;
const NEAR = 5000;
/** What it takes to believe in an offset: one quoted id, or several pairs that agree. */
const ENOUGH = 3;
/** The densest place of clocks that drift holds a part of the witnesses; the line through them finds the others. */
const TURNS = 6;
const ENOUGH_FOR_DRIFT = 6;
/** A clock that is wrong by this or more of a half hour is in another zone. */
const HALF_HOUR = 1800;
const ZONE_TOLERANCE_SECONDS = 300;
const DAY = 86_400_000;

const median = (sorted: readonly number[]): number => {
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};
const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const round = (value: number, digits: number): number => Number(value.toFixed(digits));

export interface EstimateState {
	readonly all: readonly Witness[];
	readonly fresh: number;
	readonly origin: number;
	readonly offset: number;
	readonly slope: number;
	readonly uncertainty: number;
	readonly isKnown: boolean;
	readonly witnesses: number;
}

export class Estimate {
	#all: Witness[] = [];
	#fresh = 0;
	#origin = 0;
	#offset = 0;
	/** Milliseconds a millisecond. */
	#slope = 0;
	#uncertainty = 0;
	isKnown = false;
	witnesses = 0;

	/** Starts with what an earlier one found, until it knows better. */
	constructor(earlier?: Estimate) {
		if (earlier === undefined || !earlier.isKnown) return;
		this.#origin = earlier.#origin;
		this.#offset = earlier.#offset;
		this.#slope = earlier.#slope;
		this.#uncertainty = earlier.#uncertainty;
		this.witnesses = earlier.witnesses;
		this.isKnown = true;
	}

	save(): EstimateState {
		return {
			all: [...this.#all],
			fresh: this.#fresh,
			origin: this.#origin,
			offset: this.#offset,
			slope: this.#slope,
			uncertainty: this.#uncertainty,
			isKnown: this.isKnown,
			witnesses: this.witnesses,
		};
	}

	static load(state: EstimateState): Estimate {
		const estimate = new Estimate();
		estimate.#all = [...state.all];
		estimate.#fresh = state.fresh;
		estimate.#origin = state.origin;
		estimate.#offset = state.offset;
		estimate.#slope = state.slope;
		estimate.#uncertainty = state.uncertainty;
		estimate.isKnown = state.isKnown;
		estimate.witnesses = state.witnesses;
		return estimate;
	}

	add(witness: Witness): void {
		this.#all.push(witness);
		this.#fresh++;
		if (this.#all.length > 2 * MOST) this.#all = this.#all.slice(-MOST);
	}

	/** Estimates anew when there is enough to learn; says whether it did. */
	settle(): boolean {
		if (this.#fresh === 0 || (this.isKnown && this.#fresh < this.#all.length / 8)) return false;
		this.#fresh = 0;
		const dense = densest(this.#all);
		if (dense.reduce((sum, { weight }) => sum + weight, 0) < ENOUGH) return false;
		let near = dense;
		for (let turn = 0; turn < TURNS; turn++) {
			this.#fit(near);
			near = this.#all.filter(({ time, difference }) => Math.abs(difference - this.at(time)) <= NEAR);
		}
		const errors = ascending(near.map(({ time, difference }) => Math.abs(difference - this.at(time))));
		this.#uncertainty = errors[Math.floor(errors.length * 0.9)] ?? 0;
		this.witnesses = near.length;
		this.isKnown = true;
		return true;
	}

	#fit(near: readonly Witness[]): void {
		const times = ascending(near.map(({ time }) => time));
		this.#origin = median(times);
		const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
		this.#slope = near.length >= ENOUGH_FOR_DRIFT && span > DAY / 24 ? slopeOf(near) : 0;
		if (Math.abs(this.#slope * span) < 1000) this.#slope = 0;
		this.#offset = median(ascending(near.map(({ time, difference }) => difference - this.#slope * (time - this.#origin))));
	}

	/** Time that the witnesses lie around. */
	get middle(): number {
		return this.#origin;
	}

	/** Milliseconds at a time. */
	at(time: number): number {
		return this.#offset + this.#slope * (time - this.#origin);
	}

	/** Few witnesses say little. Whole seconds are up to one late, half of one on average, which shows in no difference. */
	#doubt(whole: number): number {
		const cut = whole === 1 ? 0.5 + this.spreadSeconds : Math.max(this.spreadSeconds, whole / 4);
		return Math.max(0.1, cut, 1 / Math.sqrt(this.witnesses));
	}

	get spreadSeconds(): number {
		return this.#uncertainty / 1000;
	}

	/** `sign` is -1 for the difference the other way round; so many of both clocks stamp whole seconds. */
	report(time: number, sign: 1 | -1, whole: number): Omit<ClockOffset, "from" | "to"> {
		const seconds = (sign * this.at(time)) / 1000;
		const zone = Math.round(seconds / HALF_HOUR) * HALF_HOUR;
		return {
			seconds: round(seconds, 1),
			uncertainty_seconds: round(this.#doubt(whole), 1),
			witnesses: this.witnesses,
			...(zone !== 0 && Math.abs(seconds - zone) <= ZONE_TOLERANCE_SECONDS ? { zone_seconds: zone } : {}),
			...(this.#slope === 0 ? {} : { drift_seconds_per_day: round((sign * this.#slope * DAY) / 1000, 2) }),
		};
	}
}

/** The witnesses of the heaviest range of `WIDTH`; the one nearest to no difference among equals. */
function densest(all: readonly Witness[]): readonly Witness[] {
	const sorted = [...all].sort((a, b) => a.difference - b.difference || a.time - b.time);
	let best = { from: 0, to: 0, weight: 0 };
	let weight = 0;
	for (let from = 0, to = 0; to < sorted.length; ) {
		weight += sorted[to]?.weight ?? 0;
		to++;
		while ((sorted[to - 1]?.difference ?? 0) - (sorted[from]?.difference ?? 0) > WIDTH) weight -= sorted[from++]?.weight ?? 0;
		const isNearer = weight === best.weight && Math.abs(sorted[from]?.difference ?? 0) < Math.abs(sorted[best.from]?.difference ?? 0);
		if (weight > best.weight || isNearer) best = { from, to, weight };
	}
	return sorted.slice(best.from, best.to);
}

/** Median of the slopes between witnesses far apart in time. */
function slopeOf(near: readonly Witness[]): number {
	const sorted = [...near].sort((a, b) => a.time - b.time);
	const half = sorted.length >> 1;
	const slopes: number[] = [];
	for (let index = 0; index < half; index++) {
		const [early, late] = [sorted[index], sorted[index + sorted.length - half]];
		if (early !== undefined && late !== undefined && late.time > early.time)
			slopes.push((late.difference - early.difference) / (late.time - early.time));
	}
	return median(ascending(slopes));
}
