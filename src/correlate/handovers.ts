/** Joins what one layer handed over with what the next one took. */

import { margins } from "./assign.js";
import type { Clocks } from "./clocks.js";
import { disagree, NEAR_SECONDS, type Weighing, weigh } from "./evidence.js";
import { Knowledge } from "./knowledge.js";
import { push } from "./lists.js";
import type { Names } from "./names.js";
import { type ArrivalEnd, type HandoverEnd, type Link, type Node, type Pair, share } from "./nodes.js";
import { isBare, type Keys, keysOf, MOST, Pool } from "./pool.js";
import { isQuoteProof, quotedId } from "./proof.js";
import { confidenceOf, noteRivals } from "./rivals.js";

/** By how much an assignment must be better than any other, from what is sure to what is just proven: each step learns from those before. */
const SURE = 14;
const STEPS = [SURE, 9, 6, 3];
/** Of ends that only time joins. */
const MOST_FOR_BARE = 0.85;
/** Zones may be mistaken by so much, in milliseconds: clocks that are not known yet are looked for as far. */
const ANY_ZONE = 15 * 3_600_000;
/** Ids are used again. */
const SAME_ID = 5 * 86_400_000;
const MOST_LAYERS = 20;

interface Ends {
	readonly handover: HandoverEnd;
	readonly arrival: ArrivalEnd;
}

interface Waiting<End> extends Keys {
	readonly end: End;
	/** Corrected time. */
	at: number;
}

/** Whether a mail came to one hop from another: then it did not go back there by the same transaction. */
function isBehind(node: Node, other: Node): boolean {
	let earlier: Node | undefined = node;
	for (let steps = 0; earlier !== undefined && steps < MOST_LAYERS; steps++) {
		if (earlier === other) return true;
		earlier = earlier.arrival?.link?.from;
	}
	return false;
}

/** Whether nothing rules out from the start that two ends are one transaction. */
const isPossible = ({ handover, arrival }: Ends, isExact: boolean): boolean =>
	handover.node.layer !== arrival.node.layer && !isBehind(handover.node, arrival.node) && (isExact || !disagree(handover, arrival));

/** Arrivals that are taken for each other. */
const crowd = (arrival: ArrivalEnd): string => `${arrival.node.layer.key}${isBare(arrival) ? "\n?" : ""}`;

export class Handovers {
	readonly knowledge: Knowledge;
	readonly #clocks: Clocks;
	readonly #arrivals = new Pool<ArrivalEnd>();
	readonly #handovers = new Pool<HandoverEnd>();
	readonly #waiting = new Map<ArrivalEnd | HandoverEnd, Waiting<ArrivalEnd | HandoverEnd>>();
	/** Ends that were not judged yet. */
	#fresh: (ArrivalEnd | HandoverEnd)[] = [];
	readonly #rates = new Map<string, { last: number; gap: number }>();
	readonly #weighing: Weighing;
	readonly #accept: (link: Link) => void;

	constructor(clocks: Clocks, names: Names, accept: (link: Link) => void) {
		this.#clocks = clocks;
		this.knowledge = new Knowledge(names);
		this.#accept = accept;
		this.#weighing = {
			clocks,
			knowledge: this.knowledge,
			rate: (arrival) => 1000 / Math.max(100, this.#rates.get(crowd(arrival))?.gap ?? 60_000),
			repeats: (id, { handover, arrival }) => this.#repeats(id, handover, arrival),
		};
	}

	add({ arrival, handovers }: Node): void {
		if (arrival !== undefined) {
			const { ip, port } = arrival.arrival.client;
			const connection = ip === undefined || port === undefined ? undefined : `${ip}:${port}`;
			this.#wait(arrival, this.#arrivals, keysOf(arrival, arrival.told, connection));
			this.#count(crowd(arrival), arrival.time);
		}
		for (const handover of handovers) {
			const { client } = handover.handover;
			const connection = client.ip === undefined || client.port === undefined ? undefined : `${client.ip}:${client.port}`;
			this.#wait(handover, this.#handovers, keysOf(handover, handover.quoted, connection));
		}
	}

	#wait<End extends ArrivalEnd | HandoverEnd>(end: End, pool: Pool<End>, keys: Keys): void {
		const at = this.#clocks.corrected(end.node.layer.host, end.time);
		this.#waiting.set(end, { end, at, ...keys });
		pool.add(end, keys.own, at);
		this.#fresh.push(end);
	}

	/** Mean time between arrivals, the latest counting most; they come nearly in order. */
	#count(layer: string, time: number): void {
		const rate = this.#rates.get(layer);
		if (rate === undefined) this.#rates.set(layer, { last: time, gap: 60_000 });
		else {
			const gap = Math.min(3_600_000, Math.abs(time - rate.last));
			rate.gap += (gap - rate.gap) / 50;
			rate.last = time;
		}
	}

	#repeats(messageId: string, handover: HandoverEnd, arrival: ArrivalEnd): number {
		const key = `m${messageId}`;
		const hops = (layer: string, ends: Iterable<ArrivalEnd | HandoverEnd>): number =>
			new Set([...ends].filter(({ node }) => node.layer.key === layer).map(({ node }) => node)).size;
		if (this.#handovers.count(key) <= 1 && this.#arrivals.count(key) <= 1) return 1;
		const [befores, behinds] = [new Set<HandoverEnd>(), new Set<ArrivalEnd>()];
		this.#handovers.find([key], this.#at(handover), SAME_ID, befores);
		this.#arrivals.find([key], this.#at(arrival), SAME_ID, behinds);
		return Math.max(1, hops(handover.node.layer.key, befores)) * Math.max(1, hops(arrival.node.layer.key, behinds));
	}

	#at(end: ArrivalEnd | HandoverEnd): number {
		return this.#waiting.get(end)?.at ?? this.#clocks.corrected(end.node.layer.host, end.time);
	}

	/** Tells the clocks what pairs look right, however far apart, and puts what waits where it belongs then. */
	#discover(): void {
		for (const { handover, arrival } of this.#pairs(this.#fresh, Number.POSITIVE_INFINITY).pairs) {
			const [from, to] = [handover.node.layer.host, arrival.node.layer.host];
			if (from === to) continue;
			const weight = this.#witnessWeight(handover, arrival);
			if (weight > 0) this.#clocks.witness(from, to, handover.time, arrival.time, weight, false);
		}
		if (!this.#clocks.settle()) return;
		for (const waiting of this.#waiting.values()) {
			const { end, own } = waiting;
			const pool = ("handover" in end ? this.#handovers : this.#arrivals) as Pool<ArrivalEnd | HandoverEnd>;
			pool.delete(end, own);
			waiting.at = this.#clocks.corrected(end.node.layer.host, end.time);
			pool.add(end, own, waiting.at);
		}
	}

	#witnessWeight(handover: HandoverEnd, arrival: ArrivalEnd): number {
		if (handover.handover.result === "accepted" ? !arrival.arrival.isAccepted : true) return 0;
		if (quotedId(handover, arrival) !== undefined && isQuoteProof(handover, arrival, this.knowledge)) return 3;
		const isAlone = (key: string): boolean =>
			this.#handovers.isAlone(key, handover.node.layer) && this.#arrivals.isAlone(key, arrival.node.layer);
		const shared = handover.messageIds.find((id) => arrival.messageIds.includes(id));
		if (shared !== undefined) return isAlone(`m${shared}`) ? 1 : 0;
		if (handover.messageIds.length > 0 && arrival.messageIds.length > 0) return 0;
		if (handover.from !== arrival.from) return 0;
		return [...handover.names].some((address) => arrival.to.has(address) && isAlone(`p${handover.from}\n${address}`)) ? 1 : 0;
	}

	/** Pairs of ends that share a key, from these ends on; both must be older than a time. */
	#pairs(
		ends: readonly (ArrivalEnd | HandoverEnd)[],
		until: number,
	): { readonly pairs: Ends[]; readonly steps: ReadonlyMap<object, number> } {
		const { isWhole } = this.#clocks;
		const reach = isWhole ? NEAR_SECONDS * 1000 : ANY_ZONE;
		const seen = new Map(ends.map((end) => [end, 0]));
		const found: Ends[] = [];
		const crowd = new Map<ArrivalEnd, number>();
		const isRipe = (end: ArrivalEnd | HandoverEnd): boolean => (this.#waiting.get(end)?.at ?? 0) <= until;
		for (const [end, steps] of seen) {
			const waiting = this.#waiting.get(end);
			if (waiting === undefined || !isRipe(end)) continue;
			const isHandover = "handover" in end;
			const pool = (isHandover ? this.#arrivals : this.#handovers) as Pool<ArrivalEnd | HandoverEnd>;
			const others = new Set<ArrivalEnd | HandoverEnd>();
			pool.find(waiting.ids, waiting.at, SAME_ID, others);
			const exact = new Set(others);
			pool.find(waiting.messageIds, waiting.at, isWhole ? reach : SAME_ID, others);
			pool.find(waiting.near, waiting.at, reach, others);
			for (const other of others) {
				const pair = (isHandover ? { handover: end, arrival: other } : { handover: other, arrival: end }) as Ends;
				if (!isRipe(other) || !isPossible(pair, exact.has(other))) continue;
				// Rivals, and their other ends; not the rivals of those, which lead back through all that waits.
				if (!seen.has(other) && steps < 2) seen.set(other, steps + 1);
				const rivals = crowd.get(pair.arrival) ?? 0;
				// A thousand copies in one second are not told apart by weighing a million pairs.
				if (!isHandover || (rivals >= 2 * MOST && !exact.has(other))) continue;
				crowd.set(pair.arrival, rivals + 1);
				found.push(pair);
			}
		}
		return { pairs: found, steps: seen };
	}

	/** Links what can be told until a corrected time. */
	judge(until: number): void {
		if (!this.#clocks.isWhole) this.#discover();
		const ripe: (ArrivalEnd | HandoverEnd)[] = [];
		const rest: (ArrivalEnd | HandoverEnd)[] = [];
		for (const end of this.#fresh) (this.#at(end) <= until ? ripe : rest).push(end);
		this.#fresh = rest;
		let { pairs, steps } = this.#pairs(ripe, until);
		if (this.#learnNames(pairs)) {
			// All that waits is judged anew.
			this.#fresh = [...this.#waiting.keys()];
			return this.judge(until);
		}
		// All rivals of these arrivals are among the pairs; others are there as rivals only.
		const isWhole = ({ arrival }: Ends): boolean => (steps.get(arrival) ?? 2) < 2;
		const isOpen = ({ handover, arrival }: Ends): boolean => this.#waiting.has(handover) && this.#waiting.has(arrival);
		if (this.knowledge.links === 0) this.#learn(pairs);
		for (const step of STEPS) {
			const weighed = pairs.flatMap(({ handover, arrival }) =>
				isBehind(handover.node, arrival.node) ? [] : (weigh(handover, arrival, this.#weighing) ?? []),
			);
			const margin = margins(weighed.filter(({ isDirect }) => isDirect));
			for (const pair of weighed) {
				const by = margin.get(pair);
				if (by === undefined || by < step || !isWhole(pair) || !isOpen(pair) || isBehind(pair.handover.node, pair.arrival.node)) continue;
				this.#link(pair, Math.min(isBare(pair.arrival) ? MOST_FOR_BARE : 1, confidenceOf(by)));
			}
			this.#clocks.settle();
			pairs = weighed.filter(isOpen);
			if (step === STEPS.at(-1))
				noteRivals(
					weighed.filter((pair) => isOpen(pair) && isWhole(pair)),
					margin,
				);
		}
	}

	/** Whether a name turned out to be that of a host. */
	#learnNames(pairs: readonly Ends[]): boolean {
		const { names } = this.knowledge;
		const handoversOf = new Map<ArrivalEnd, HandoverEnd[]>();
		for (const { handover, arrival } of pairs) push(handoversOf, arrival, handover);
		for (const [arrival, handovers] of handoversOf) names.witness(arrival, handovers);
		return names.settle();
	}

	/** Before the first link: what most of the pairs that look sure show is not overruled by one that is forged. */
	#learn(pairs: readonly Ends[]): void {
		const weighed = pairs.flatMap(({ handover, arrival }) => weigh(handover, arrival, this.#weighing) ?? []);
		const sure = margins(weighed.filter(({ isDirect }) => isDirect));
		for (const [{ handover, arrival, hasOtherProof }, by] of sure) if (by >= SURE) this.knowledge.learn(handover, arrival, hasOtherProof);
	}

	#link(pair: Pair, confidence: number): void {
		const { handover, arrival, evidence } = pair;
		const parts = handover.node.handovers.filter(
			(part) =>
				part === handover ||
				(Math.abs(part.time - handover.time) <= 5000 &&
					(part.handover.result === "accepted") === (handover.handover.result === "accepted") &&
					share(part.names, arrival.to)),
		);
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
		this.#close(arrival, this.#arrivals);
		for (const part of parts) {
			part.links.push(link);
			const isAll = arrival.to.size === 0 || share(part.originals, arrival.to);
			for (const address of isAll ? part.to : arrival.to) part.open.delete(address);
			if (part.open.size > 0) continue;
			part.rivals = [];
			this.#close(part, this.#handovers);
		}
		if (confidence > 0.99) this.knowledge.learn(handover, arrival, pair.hasOtherProof);
		if (arrival.arrival.isAccepted)
			this.#clocks.witness(handover.node.layer.host, arrival.node.layer.host, handover.time, arrival.time, 1, true);
		this.#accept(link);
	}

	#close<End extends ArrivalEnd | HandoverEnd>(end: End, pool: Pool<End>): void {
		const waiting = this.#waiting.get(end);
		if (waiting === undefined) return;
		pool.delete(end, waiting.own);
		this.#waiting.delete(end);
	}

	/** Gives up the ends of a hop. */
	drop({ arrival, handovers }: Node): void {
		if (arrival !== undefined) this.#close(arrival, this.#arrivals);
		for (const handover of handovers) this.#close(handover, this.#handovers);
	}

	/** Whether another layer may still have the other end. */
	isAwaited(end: ArrivalEnd | HandoverEnd): boolean {
		if (!this.#waiting.has(end)) return false;
		return "handover" in end ? this.knowledge.isToWithin(end) : this.knowledge.isFromWithin(end);
	}
}
