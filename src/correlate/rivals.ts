/** How sure a pair is, and what is told of those that are not. */

import { hopsOf } from "./assign.js";
import { components } from "./components.js";
import { push } from "./lists.js";
import type { ArrivalEnd, HandoverEnd, Pair, Rival } from "./nodes.js";

/** Confidence is that of the margin, less what weights cannot know. */
const DOUBT = 1.5;
const MOST_CONFIDENT = 0.999;
const MOST_UNPROVEN = 0.49;
/** Of ends between which another layer may stand. */
const MOST_INDIRECT = 0.3;
const LEAST_CONFIDENT = 0.01;
/** Candidates told for one end. */
export const MOST_RIVALS = 5;

export const confidenceOf = (margin: number): number => Math.min(MOST_CONFIDENT, 1 / (1 + Math.exp(DOUBT - margin)));

/** Notes at both ends what may be, and was not proven. */
export function noteRivals(pairs: readonly Pair[], margin: ReadonlyMap<Pair, number>): void {
	const weighed = (pair: Pair): number => {
		const by = margin.get(pair);
		return by === undefined ? Math.min(MOST_INDIRECT, confidenceOf(pair.score)) : Math.min(MOST_UNPROVEN, confidenceOf(by));
	};
	// Of two hops that may be joined directly it is not said too that they may be joined the other way round, over a third.
	const direct = new Set(pairs.filter(({ isDirect }) => isDirect).map(hopsOf));
	const possible = pairs.filter(
		(pair) => pair.score > 0 && weighed(pair) >= LEAST_CONFIDENT && (pair.isDirect || !direct.has(hopsOf(pair))),
	);
	const fresh = new Map<ArrivalEnd | HandoverEnd, Rival[]>();
	for (const crowd of crowds(possible)) {
		const competing = crowd.filter(({ isDirect }) => isDirect);
		const isBalanced = new Set(competing.map(({ arrival }) => arrival)).size === new Set(competing.map(({ handover }) => handover)).size;
		for (const pair of crowd)
			for (const end of [pair.handover, pair.arrival]) push(fresh, end, { pair, confidence: weighed(pair), isBalanced });
	}
	for (const [end, rivals] of fresh) {
		const others = end.rivals.filter(
			(one) => !rivals.some(({ pair }) => pair.handover === one.pair.handover && pair.arrival === one.pair.arrival),
		);
		end.rivals = [...rivals, ...others].sort((a, b) => b.confidence - a.confidence).slice(0, MOST_RIVALS);
	}
}

/** Pairs that share ends, directly or by others. */
function crowds(pairs: readonly Pair[]): Iterable<Pair[]> {
	const byEnd = new Map<ArrivalEnd | HandoverEnd, Pair[]>();
	for (const pair of pairs) for (const end of [pair.handover, pair.arrival]) push(byEnd, end, pair);
	return components(pairs, ({ handover, arrival }) => [...(byEnd.get(handover) ?? []), ...(byEnd.get(arrival) ?? [])]);
}
