/**
 * Clocks of hosts, told from pairs of hops that show both. The two ends of one SMTP transaction are logged within a second of each other, so
 * the difference of their stamps is that of the clocks, and the pairs that are wrong scatter.
 */
import { MailtrailError } from "../errors.js";
import { Estimate, type EstimateState } from "./estimate.js";
import type { ClockOffset } from "./trail.js";

/** Nothing is known of two clocks: they may differ by so much. */
const UNKNOWN_SPREAD_SECONDS = 20;
/** What is given may be rounded; beyond this the mails contradict it. */
const MOST_CONTRADICTION_SECONDS = 5;
const ENOUGH_TO_CONTRADICT = 10;

interface ClockPair {
	/** In alphabetical order. */
	readonly from: string;
	readonly to: string;
	readonly estimate: Estimate;
	/** From links, not from pairs that only look right. */
	readonly isLinked: boolean;
}

export interface ClocksState {
	readonly pairs: readonly (Omit<ClockPair, "estimate"> & { readonly estimate: EstimateState })[];
	readonly pinned: readonly (readonly [host: string, seconds: number])[];
	readonly hosts: readonly string[];
	readonly fine: readonly string[];
	readonly isCompared: boolean;
}

const order = (a: ClockPair, b: ClockPair): number => (`${a.from}\n${a.to}` < `${b.from}\n${b.to}` ? -1 : 1);

export class Clocks {
	readonly #pairs = new Map<string, ClockPair>();
	/** Host → seconds that its clock is ahead, where that was given. */
	readonly #pinned = new Map<string, number>();
	/** Host → milliseconds that its clock is ahead of the reference at a time. */
	readonly #ahead = new Map<string, (time: number) => number>();
	readonly #hosts = new Set<string>();
	/** Hosts whose stamps tell parts of a second. */
	readonly #fine = new Set<string>();
	/** Every clock is known relative to every other. */
	isWhole = true;
	/** Until the witnesses come again, offsets that were given are compared with what mails show. */
	#isCompared = true;

	/**
	 * A host of the case, with the seconds that its clock is ahead where they were given. Throws MailtrailError (exit 2) when they were given
	 * otherwise before.
	 */
	addHost(host: string, aheadSeconds?: number): void {
		const given = this.#pinned.get(host);
		if (aheadSeconds !== undefined && given !== undefined && aheadSeconds !== given)
			throw new MailtrailError(
				"case.clock_offset",
				2,
				`the clock of ${host} cannot be ${given} s and ${aheadSeconds} s ahead: two of its logs are given with different offsets`,
				"Give the same clock_offset_seconds for all logs of a host, or none, and it is found out.",
			);
		if (this.#hosts.has(host) && (aheadSeconds === undefined || this.#pinned.has(host))) return;
		this.#hosts.add(host);
		if (aheadSeconds !== undefined) this.#pinned.set(host, aheadSeconds);
		this.#place();
	}

	save(): ClocksState {
		return {
			pairs: Array.from(this.#pairs.values(), ({ from, to, estimate, isLinked }) => ({ from, to, isLinked, estimate: estimate.save() })),
			pinned: [...this.#pinned],
			hosts: [...this.#hosts],
			fine: [...this.#fine],
			isCompared: this.#isCompared,
		};
	}

	static load(state: ClocksState): Clocks {
		const clocks = new Clocks();
		for (const { from, to, isLinked, estimate } of state.pairs)
			clocks.#pairs.set(`${from}\n${to}`, { from, to, isLinked, estimate: Estimate.load(estimate) });
		for (const [host, seconds] of state.pinned) clocks.#pinned.set(host, seconds);
		for (const host of state.hosts) clocks.#hosts.add(host);
		for (const host of state.fine) clocks.#fine.add(host);
		clocks.#isCompared = state.isCompared;
		clocks.#place();
		return clocks;
	}

	/** Forgets the witnesses, keeps what they showed: they will come again. */
	restart(): void {
		this.#isCompared = false;
		for (const [key, pair] of this.#pairs) this.#pairs.set(key, { ...pair, estimate: new Estimate(pair.estimate), isLinked: false });
		this.#place();
	}

	/** One pair of hops: stamps in milliseconds by the clocks of both hosts. A link that is accepted counts instead of all guesses. */
	witness(from: string, to: string, fromTime: number, toTime: number, weight: number, isLink: boolean): void {
		if (from === to) return;
		if (fromTime % 1000 !== 0) this.#fine.add(from);
		if (toTime % 1000 !== 0) this.#fine.add(to);
		const [one, two] = from < to ? [from, to] : [to, from];
		const key = `${one}\n${two}`;
		let pair = this.#pairs.get(key);
		if (pair === undefined || (isLink && !pair.isLinked)) {
			pair = { from: one, to: two, estimate: new Estimate(pair?.estimate), isLinked: isLink };
			this.#pairs.set(key, pair);
			this.#place();
		}
		if (pair.isLinked !== isLink) return;
		const sign = one === from ? 1 : -1;
		pair.estimate.add({ time: one === from ? fromTime : toTime, difference: sign * (toTime - fromTime), weight });
	}

	/** Uses the witnesses that came since the last time; says whether they changed anything. */
	settle(): boolean {
		let hasChanged = false;
		for (const { estimate } of this.#pairs.values()) hasChanged = estimate.settle() || hasChanged;
		if (hasChanged) this.#place();
		return hasChanged;
	}

	/** Puts all clocks against one: over the pairs with the most witnesses, from pinned hosts first. */
	#place(): void {
		const reached = new Set(this.#pinned.keys());
		this.#ahead.clear();
		for (const host of this.#hosts) this.#ahead.set(host, () => (this.#pinned.get(host) ?? 0) * 1000);
		const pairs = [...this.#pairs.values()]
			.filter(({ estimate }) => estimate.isKnown)
			.sort((a, b) => Number(b.isLinked) - Number(a.isLinked) || b.estimate.witnesses - a.estimate.witnesses || order(a, b));
		let groups = reached.size > 0 ? 1 : 0;
		for (const root of [...reached, ...[...this.#hosts].sort()]) {
			if (!reached.has(root)) groups++;
			reached.add(root);
			for (let next = true; next; ) {
				const pair = pairs.find(({ from, to }) => reached.has(from) !== reached.has(to));
				next = pair !== undefined;
				if (pair !== undefined) this.#reach(pair, reached);
			}
		}
		this.isWhole = groups <= 1 && !(this.#isCompared && this.#pinned.size > 1);
	}

	#reach({ from, to, estimate }: ClockPair, reached: Set<string>): void {
		const [old, fresh, sign] = reached.has(from) ? [from, to, 1] : [to, from, -1];
		const base = this.#ahead.get(old) ?? (() => 0);
		this.#ahead.set(fresh, (time) => base(time) + sign * estimate.at(time));
		reached.add(fresh);
	}

	/** Time by the reference clock, in milliseconds. */
	corrected(host: string, time: number): number {
		return time - (this.#ahead.get(host)?.(time) ?? 0);
	}

	/** Whether the clocks of two hosts are known relative to each other. */
	isKnown(from: string, to: string): boolean {
		if (from === to || (this.#pinned.has(from) && this.#pinned.has(to))) return true;
		return this.#pair(from, to)?.estimate.isKnown ?? false;
	}

	/** Typical error in seconds of the difference of two stamps. */
	spread(from: string, to: string): number {
		if (from === to) return 0.7;
		const estimate = this.#pair(from, to)?.estimate;
		if (estimate?.isKnown === true) return Math.max(0.7, estimate.spreadSeconds);
		return this.isKnown(from, to) ? 1 : UNKNOWN_SPREAD_SECONDS;
	}

	/** What is known of the clocks of these hosts, pair by pair, each earlier one first. */
	offsets(hosts: readonly string[], time: number): ClockOffset[] {
		return hosts.flatMap((from, index) => hosts.slice(index + 1).flatMap((to) => this.#offset(from, to, time) ?? []));
	}

	/** Offsets that mails show between hosts of which others were given. */
	get contradicted(): ClockOffset[] {
		return [...this.#pairs.values()].sort(order).flatMap((pair) => {
			const [base, given] = [this.#pinned.get(pair.from), this.#pinned.get(pair.to)];
			if (base === undefined || given === undefined || pair.estimate.witnesses < ENOUGH_TO_CONTRADICT) return [];
			const found = this.#report(pair, pair.from, pair.to, pair.estimate.middle);
			return Math.abs(found.seconds - (given - base)) > MOST_CONTRADICTION_SECONDS ? [found] : [];
		});
	}

	#offset(from: string, to: string, time: number): ClockOffset | undefined {
		const [base, given] = [this.#pinned.get(from), this.#pinned.get(to)];
		if (base !== undefined && given !== undefined)
			return { from, to, seconds: given - base, uncertainty_seconds: 0, witnesses: 0, is_pinned: true };
		const pair = this.#pair(from, to);
		return pair?.isLinked === true && pair.estimate.isKnown ? this.#report(pair, from, to, time) : undefined;
	}

	#report(pair: ClockPair, from: string, to: string, time: number): ClockOffset {
		const whole = [from, to].filter((host) => !this.#fine.has(host)).length;
		return { from, to, ...pair.estimate.report(time, pair.from === from ? 1 : -1, whole) };
	}

	#pair(from: string, to: string): ClockPair | undefined {
		return this.#pairs.get(from < to ? `${from}\n${to}` : `${to}\n${from}`);
	}
}
