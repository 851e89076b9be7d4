/** The two ends of handovers that were not found yet, and which of them may be one. */
import type { Endpoint } from "../format/trail.js";
import type { Clocks } from "./clocks.js";
import { type Course, GRACE, Ripening } from "./course.js";
import { disagree, NEAR_SECONDS } from "./evidence.js";
import { type ArrivalEnd, endsOf, type HandoverEnd, type Layer, type Node } from "./nodes.js";
import { isBare, type Keys, keysOf, MOST, Pool } from "./pool.js";

/** Zones may be mistaken by so much, in milliseconds: clocks that are not known yet are looked for as far. */
const ANY_ZONE = 15 * 3_600_000;
/** Ids are used again. */
const SAME_ID = 5 * 86_400_000;
const MOST_LAYERS = 20;

export type End = ArrivalEnd | HandoverEnd;

export interface Both {
	readonly handover: HandoverEnd;
	readonly arrival: ArrivalEnd;
}

/** Pairs, and from how far each end was come to: 0 for those that were asked for. */
export interface Found {
	readonly pairs: readonly Both[];
	readonly steps: ReadonlyMap<End, number>;
}

interface Place extends Keys {
	/** Corrected time. */
	at: number;
}

/** Whether a mail came to one hop from another: then it did not go back there by the same transaction. */
export function isBehind(node: Node, other: Node): boolean {
	let earlier: Node | undefined = node;
	for (let steps = 0; earlier !== undefined && steps < MOST_LAYERS; steps++) {
		if (earlier === other) return true;
		earlier = earlier.arrival?.link?.from;
	}
	return false;
}

/** Whether nothing rules out from the start that two ends are one transaction. */
const isPossible = ({ handover, arrival }: Both, isExact: boolean): boolean =>
	handover.node.layer !== arrival.node.layer && !isBehind(handover.node, arrival.node) && (isExact || !disagree(handover, arrival));

/** Arrivals that are taken for each other. */
const crowd = (arrival: ArrivalEnd): string => `${arrival.node.layer.key}${isBare(arrival) ? "\n?" : ""}`;

export class OpenEnds {
	readonly #clocks: Clocks;
	readonly #arrivals = new Pool<ArrivalEnd>();
	readonly #handovers = new Pool<HandoverEnd>();
	readonly #places = new Map<End, Place>();
	/** Those whose time has not come. */
	readonly #fresh: Ripening<End>;
	/** Those that showed nothing of the clocks yet. */
	#undiscovered: End[] = [];
	/** Ends that no other layer could take so far: they have no place. */
	readonly #idle = new Set<End>();
	/** Keys of layers that hand over, and of those that take. */
	readonly #givers = new Set<string>();
	readonly #takers = new Set<string>();
	readonly #rates = new Map<string, { last: number; gap: number }>();

	constructor(clocks: Clocks, course: Course) {
		this.#clocks = clocks;
		this.#fresh = new Ripening(course);
	}

	add(node: Node): void {
		const { layer, arrival, handovers } = node;
		const known = this.#givers.size + this.#takers.size;
		if (arrival !== undefined) {
			this.#takers.add(layer.key);
			this.#count(crowd(arrival), arrival.time);
		}
		if (handovers.length > 0) this.#givers.add(layer.key);
		const own = endsOf(node);
		for (const end of own) this.#idle.add(end);
		const isNew = this.#givers.size + this.#takers.size > known;
		for (const end of isNew ? this.#idle : own) if (this.#hasOther(end)) this.#place(end);
	}

	/** Whether another layer could have the other end. */
	#hasOther(end: End): boolean {
		const others = "handover" in end ? this.#takers : this.#givers;
		return others.size > (others.has(end.node.layer.key) ? 1 : 0);
	}

	#place(end: End): void {
		this.#idle.delete(end);
		const at = this.#clocks.corrected(end.node.layer.host, end.time);
		const { own, ids, messageIds, near } = "handover" in end ? keysOfHandover(end) : keysOfArrival(end);
		this.#places.set(end, { at, own, ids, messageIds, near });
		this.#poolOf(end).add(end, own, at);
		this.#fresh.add(end, at + GRACE, GRACE);
		if (!this.#clocks.isWhole) this.#undiscovered.push(end);
	}

	#poolOf(end: End): Pool<End> {
		return ("handover" in end ? this.#handovers : this.#arrivals) as Pool<End>;
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

	/** Milliseconds between two arrivals like this one. */
	gap(arrival: ArrivalEnd): number {
		return this.#rates.get(crowd(arrival))?.gap ?? 60_000;
	}

	has(end: End): boolean {
		return this.#places.has(end);
	}

	/** Those whose time has come since the last time. */
	ripen(): readonly End[] {
		const ripe = this.#fresh.take();
		for (const end of ripe) end.isRipe = true;
		return ripe;
	}

	/** All whose time has come, in the order in which they came. */
	get ripe(): readonly End[] {
		return [...this.#places.keys()].filter(({ isRipe }) => isRipe);
	}

	/** Pairs that show the clocks, of ends that showed nothing yet: however far apart. */
	discover(): readonly Both[] {
		const fresh = this.#undiscovered;
		this.#undiscovered = [];
		return this.pairs(fresh, true).pairs;
	}

	/** Puts all where they belong by clocks that are known better now. */
	replace(): void {
		for (const [end, place] of this.#places) {
			const pool = this.#poolOf(end);
			pool.delete(end, place.own);
			place.at = this.#clocks.corrected(end.node.layer.host, end.time);
			pool.add(end, place.own, place.at);
		}
		this.#fresh.retime((end) => this.#at(end) + GRACE);
	}

	#at(end: End): number {
		return this.#places.get(end)?.at ?? this.#clocks.corrected(end.node.layer.host, end.time);
	}

	/** How many ways there are to pair the ends that have a Message-ID in the layers of a pair. */
	repeats(messageId: string, { handover, arrival }: Both): number {
		const key = `m${messageId}`;
		const hops = (layer: string, ends: Iterable<End>): number =>
			new Set([...ends].filter(({ node }) => node.layer.key === layer).map(({ node }) => node)).size;
		const [before, behind] = [this.#handovers.count(key), this.#arrivals.count(key)];
		if (before <= 1 && behind <= 1) return 1;
		// A crowd is not counted one by one.
		if (Math.min(before, behind) > 2 * MOST) return MOST;
		const [befores, behinds] = [new Set<HandoverEnd>(), new Set<ArrivalEnd>()];
		this.#handovers.find([key], this.#at(handover), SAME_ID, befores);
		this.#arrivals.find([key], this.#at(arrival), SAME_ID, behinds);
		return Math.max(1, hops(handover.node.layer.key, befores)) * Math.max(1, hops(arrival.node.layer.key, behinds));
	}

	/** Whether of both layers one hop alone stands under some keys. */
	isAlone(keys: readonly string[], before: Layer, behind: Layer): boolean {
		return this.#handovers.isAlone(keys, before) && this.#arrivals.isAlone(keys, behind);
	}

	/** Pairs of ends that share a key, from these ends on; with those only whose time has come, unless any will do. */
	pairs(ends: readonly End[], isAny: boolean): Found {
		const { isWhole } = this.#clocks;
		const reach = isWhole ? NEAR_SECONDS * 1000 : ANY_ZONE;
		const seen = new Map(ends.map((end) => [end, 0]));
		const found: Both[] = [];
		const crowd = new Map<ArrivalEnd, number>();
		for (const [end, steps] of seen) {
			const place = this.#places.get(end);
			if (place === undefined || !(isAny || end.isRipe)) continue;
			const isHandover = "handover" in end;
			const pool = (isHandover ? this.#arrivals : this.#handovers) as Pool<End>;
			const others = new Set<End>();
			pool.find(place.ids, place.at, SAME_ID, others);
			const exact = new Set(others);
			pool.find(place.messageIds, place.at, isWhole ? reach : SAME_ID, others);
			pool.find(place.near, place.at, reach, others);
			for (const other of others) {
				const pair = (isHandover ? { handover: end, arrival: other } : { handover: other, arrival: end }) as Both;
				if (!(isAny || other.isRipe) || !isPossible(pair, exact.has(other))) continue;
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

	close(end: End): void {
		this.#idle.delete(end);
		const place = this.#places.get(end);
		if (place === undefined) return;
		this.#poolOf(end).delete(end, place.own);
		this.#places.delete(end);
	}
}

const connectionOf = ({ ip, port }: Endpoint): string | undefined => (ip === undefined || port === undefined ? undefined : `${ip}:${port}`);
const keysOfArrival = (end: ArrivalEnd): Keys => keysOf(end, end.told, connectionOf(end.arrival.client));
const keysOfHandover = (end: HandoverEnd): Keys => keysOf(end, end.quoted, connectionOf(end.handover.client));
