/** Joins what one layer handed over with what the next one took. */

import { margins } from "./assign.js";
import type { Clocks } from "./clocks.js";
import type { Course } from "./course.js";
import { type Weighing, weigh } from "./evidence.js";
import { Knowledge } from "./knowledge.js";
import { push } from "./lists.js";
import type { Names } from "./names.js";
import { type ArrivalEnd, endsOf, type HandoverEnd, handoversTo, type Link, type Node, type Pair, share } from "./nodes.js";
import { type Both, type End, type Found, isBehind, OpenEnds } from "./open-ends.js";
import { envelopeKeys, isBare } from "./pool.js";
import { isQuoteProof, quotedId } from "./proof.js";
import { confidenceOf, noteRivals } from "./rivals.js";

/** By how much an assignment must be better than any other, from what is sure to what is just proven: each step learns from those before. */
const SURE = 14;
const STEPS = [SURE, 9, 6, 3];
/** Of ends that only time joins. */
const MOST_FOR_BARE = 0.85;
export class Handovers {
	readonly knowledge: Knowledge;
	readonly #clocks: Clocks;
	readonly #open: OpenEnds;
	readonly #weighing: Weighing;
	readonly #accept: (link: Link) => void;

	constructor(clocks: Clocks, names: Names, course: Course, accept: (link: Link) => void) {
		this.#clocks = clocks;
		this.#open = new OpenEnds(clocks, course);
		this.knowledge = new Knowledge(names);
		this.#accept = accept;
		this.#weighing = {
			clocks,
			knowledge: this.knowledge,
			rate: (arrival) => 1000 / Math.max(100, this.#open.gap(arrival)),
			repeats: (id, pair) => this.#open.repeats(id, pair),
		};
	}

	add(node: Node): void {
		this.#open.add(node);
	}

	/** Tells the clocks what pairs look right, however far apart, and puts what waits where it belongs then. */
	#discover(): void {
		for (const { handover, arrival } of this.#open.discover()) {
			const [from, to] = [handover.node.layer.host, arrival.node.layer.host];
			if (from === to) continue;
			const weight = this.#witnessWeight(handover, arrival);
			if (weight > 0) this.#clocks.witness(from, to, handover.time, arrival.time, weight, false);
		}
		if (this.#clocks.settle()) this.#open.replace();
	}

	#witnessWeight(handover: HandoverEnd, arrival: ArrivalEnd): number {
		if (handover.handover.result === "accepted" ? !arrival.arrival.isAccepted : true) return 0;
		if (quotedId(handover, arrival) !== undefined && isQuoteProof(handover, arrival, this.knowledge)) return 3;
		const isAlone = (...keys: readonly string[]): boolean => this.#open.isAlone(keys, handover.node.layer, arrival.node.layer);
		const shared = handover.messageIds.find((id) => arrival.messageIds.includes(id));
		if (shared !== undefined) return isAlone(`m${shared}`) ? 1 : 0;
		if (handover.messageIds.length > 0 && arrival.messageIds.length > 0) return 0;
		const { from } = handover;
		if (from === undefined || from !== arrival.from) return 0;
		return [...handover.names].some((address) => arrival.to.has(address) && isAlone(...envelopeKeys(from, address))) ? 1 : 0;
	}

	/** Links what can be told now. */
	judge(): void {
		if (!this.#clocks.isWhole) this.#discover();
		const ripe = this.#open.ripen();
		if (ripe.length === 0) return;
		let found = this.#open.pairs(ripe, false);
		// A name was learned: all that waits is judged anew.
		while (this.#learnNames(found.pairs)) found = this.#open.pairs(this.#open.ripe, false);
		this.#settle(found);
	}

	#settle({ pairs, steps }: Found): void {
		// All rivals of these arrivals are among the pairs; others are there as rivals only.
		const isWhole = ({ arrival }: Both): boolean => (steps.get(arrival) ?? 2) < 2;
		const isOpen = ({ handover, arrival }: Both): boolean => this.#open.has(handover) && this.#open.has(arrival);
		if (this.knowledge.links === 0) this.#learn(pairs);
		let weighed = this.#weigh(pairs);
		let margin = margins(weighed.filter(({ isDirect }) => isDirect));
		for (const step of STEPS) {
			let hasChanged = false;
			for (const pair of weighed) {
				const by = margin.get(pair);
				if (by === undefined || by < step || !isWhole(pair) || !isOpen(pair) || isBehind(pair.handover.node, pair.arrival.node)) continue;
				this.#link(pair, Math.min(isBare(pair.arrival) ? MOST_FOR_BARE : 1, confidenceOf(by)));
				hasChanged = true;
			}
			hasChanged = this.#clocks.settle() || hasChanged;
			if (!hasChanged || step === STEPS.at(-1)) continue;
			weighed = this.#weigh(weighed.filter(isOpen));
			margin = margins(weighed.filter(({ isDirect }) => isDirect));
		}
		const rest = weighed.filter((pair) => isOpen(pair) && isWhole(pair));
		noteRivals(rest, margin);
	}

	#weigh(pairs: readonly Both[]): Pair[] {
		return pairs.flatMap(({ handover, arrival }) =>
			isBehind(handover.node, arrival.node) ? [] : (weigh(handover, arrival, this.#weighing) ?? []),
		);
	}

	/** Whether a name turned out to be that of a host. */
	#learnNames(pairs: readonly Both[]): boolean {
		const { names } = this.knowledge;
		const handoversOf = new Map<ArrivalEnd, HandoverEnd[]>();
		for (const { handover, arrival } of pairs) push(handoversOf, arrival, handover);
		for (const [arrival, handovers] of handoversOf) names.witness(arrival, handovers);
		return names.settle();
	}

	/** Before the first link: what most of the pairs that look sure show is not overruled by one that is forged. */
	#learn(pairs: readonly Both[]): void {
		const weighed = pairs.flatMap(({ handover, arrival }) => weigh(handover, arrival, this.#weighing) ?? []);
		const sure = margins(weighed.filter(({ isDirect }) => isDirect));
		for (const [{ handover, arrival, hasOtherProof }, by] of sure) if (by >= SURE) this.knowledge.learn(handover, arrival, hasOtherProof);
	}

	#link(pair: Pair, confidence: number): void {
		const { handover, arrival, evidence } = pair;
		const parts = partsOf(handover, arrival);
		const link: Link = {
			from: handover.node,
			to: arrival.node,
			kind: "handover",
			evidence,
			confidence,
			events: parts.flatMap((part) => part.handover.events),
		};
		arrival.link = link;
		arrival.rivals = [];
		this.#open.close(arrival);
		for (const part of parts) {
			part.links.push(link);
			const isAll = arrival.to.size === 0 || share(part.originals, arrival.to);
			for (const address of isAll ? part.to : arrival.to) part.open.delete(address);
			if (part.open.size > 0) continue;
			part.rivals = [];
			this.#open.close(part);
		}
		if (confidence > 0.99) this.knowledge.learn(handover, arrival, pair.hasOtherProof);
		if (arrival.arrival.isAccepted)
			this.#clocks.witness(handover.node.layer.host, arrival.node.layer.host, handover.time, arrival.time, 1, true);
		this.#accept(link);
	}

	/** Gives up the ends of a hop. */
	drop(node: Node): void {
		for (const end of endsOf(node)) this.#open.close(end);
	}

	/** Whether another layer may still have the other end. */
	isAwaited(end: End): boolean {
		if (!this.#open.has(end)) return false;
		return "handover" in end ? this.knowledge.isToWithin(end) : this.knowledge.isFromWithin(end);
	}
}

/** Records of one transaction stand within so many milliseconds. */
const SAME_TRANSACTION = 5000;

/** The handovers of a hop that one arrival answers: a hop may log each recipient of a transaction apart. */
function partsOf(handover: HandoverEnd, arrival: ArrivalEnd): readonly HandoverEnd[] {
	const { handovers } = handover.node;
	if (handovers.length === 1) return handovers;
	const isAccepted = handover.handover.result === "accepted";
	const named = new Set([...arrival.to].flatMap((name) => handoversTo(handover.node, name)));
	named.add(handover);
	const parts = [...named].filter(
		(part) =>
			part === handover ||
			(Math.abs(part.time - handover.time) <= SAME_TRANSACTION && (part.handover.result === "accepted") === isAccepted),
	);
	return parts.sort((a, b) => a.number - b.number);
}
