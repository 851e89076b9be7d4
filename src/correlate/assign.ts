/** The best assignment of handovers to arrivals: not the best pair for each, but the best for all that compete. */
import { components } from "./components.js";
import { type Pair, share } from "./nodes.js";

/** Competing pairs that are searched to the end; in larger crowds a pair is compared with its rivals only. */
const MOST_SEARCHED = 28;
/** A pair that leads its rivals by so much decides without a search. */
const DECISIVE = 9;
/** Parts of one transaction are logged within so many milliseconds. */
const SAME_TRANSACTION = 5000;

/** Hops of one run have lower numbers: two of them make one safe integer. */
const MOST_HOPS = 2 ** 26;

/** Two pairs that cannot both be right. */
function areRivals(one: Pair, other: Pair): boolean {
	// A mail does not come from where it went by the same transaction.
	if (one.handover.node === other.arrival.node && one.arrival.node === other.handover.node) return true;
	if (one.arrival === other.arrival) {
		if (one.handover === other.handover) return false;
		// One hop refuses and hands over recipients of the same transaction.
		const isSameHop = one.handover.node === other.handover.node;
		return !isSameHop || Math.abs(one.handover.time - other.handover.time) > SAME_TRANSACTION || share(one.handover.to, other.handover.to);
	}
	if (one.handover !== other.handover) return false;
	// A handover to several servers: each has recipients of its own.
	return one.arrival.to.size === 0 || other.arrival.to.size === 0 || share(one.arrival.to, other.arrival.to);
}

/** By how much the best assignment is better than the best one without the pair: negative for pairs that are not in it. */
export function margins(pairs: readonly Pair[]): Map<Pair, number> {
	const margin = new Map<Pair, number>();
	for (const cluster of clusters(pairs)) settle(cluster, margin);
	return margin;
}

interface Contest {
	readonly pair: Pair;
	readonly rivals: Set<Contest>;
}

function settle(cluster: readonly Contest[], margin: Map<Pair, number>): void {
	const open = new Set(cluster);
	const lead = ({ pair, rivals }: Contest): number => {
		let best = 0;
		for (const rival of rivals) if (open.has(rival)) best = Math.max(best, rival.pair.score);
		return pair.score - best;
	};
	// Those that lead by far take their rivals out, and others may lead then.
	for (let hasChanged = true; hasChanged; ) {
		hasChanged = false;
		for (const contest of open) {
			const by = lead(contest);
			if (by < DECISIVE) continue;
			margin.set(contest.pair, by);
			open.delete(contest);
			for (const rival of contest.rivals) if (open.delete(rival)) margin.set(rival.pair, rival.pair.score - contest.pair.score);
			hasChanged = true;
		}
	}
	const near = ({ rivals }: Contest): Contest[] => [...rivals].filter((rival) => open.has(rival));
	for (const part of components(open, near)) {
		if (part.length > MOST_SEARCHED) for (const contest of part) margin.set(contest.pair, lead(contest));
		else search(part, margin);
	}
}

/** Tries every assignment of a small crowd. */
function search(part: readonly Contest[], margin: Map<Pair, number>): void {
	const order = [...part].sort((a, b) => b.pair.score - a.pair.score);
	const rest = new Array<number>(order.length + 1).fill(0);
	for (let index = order.length - 1; index >= 0; index--) rest[index] = (rest[index + 1] ?? 0) + Math.max(0, order[index]?.pair.score ?? 0);
	const isBlocked = ({ rivals }: Contest, taken: ReadonlySet<Contest>): boolean => {
		for (const one of taken) if (rivals.has(one)) return true;
		return false;
	};
	const best = (without: Contest | undefined, required: Contest | undefined): number => {
		const taken = new Set<Contest>();
		if (required !== undefined) taken.add(required);
		let top = Number.NEGATIVE_INFINITY;
		const walk = (index: number, sum: number): void => {
			if (sum > top) top = sum;
			const contest = order[index];
			if (contest === undefined || sum + (rest[index] ?? 0) <= top) return;
			const isFree = contest !== without && contest !== required && contest.pair.score > 0 && !isBlocked(contest, taken);
			if (isFree) {
				taken.add(contest);
				walk(index + 1, sum + contest.pair.score);
				taken.delete(contest);
			}
			walk(index + 1, sum);
		};
		walk(0, required?.pair.score ?? 0);
		return top;
	};
	for (const contest of part) margin.set(contest.pair, best(undefined, contest) - best(contest, undefined));
}

/** Pairs that compete with each other, directly or by others. */
function clusters(pairs: readonly Pair[]): Iterable<Contest[]> {
	const contests = pairs.map((pair): Contest => ({ pair, rivals: new Set() }));
	const byEnd = new Map<object | number, Contest[]>();
	for (const contest of contests)
		for (const end of [contest.pair.arrival, contest.pair.handover, hopsOf(contest.pair)]) {
			const others = byEnd.get(end) ?? [];
			byEnd.set(end, others);
			for (const other of others)
				if (areRivals(contest.pair, other.pair)) {
					contest.rivals.add(other);
					other.rivals.add(contest);
				}
			others.push(contest);
		}
	return components(contests, ({ rivals }) => rivals);
}

/** One number for two hops, whichever is first. */
export const hopsOf = ({ handover, arrival }: Pair): number => {
	const [one, other] = [handover.node.number, arrival.node.number];
	return Math.min(one, other) * MOST_HOPS + Math.max(one, other);
};
