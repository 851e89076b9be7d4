/** Ends that wait for their other end, found by what both ends would say. */
import type { ArrivalEnd, HandoverEnd, Layer } from "./nodes.js";

/** Of many ends under one key, so many are weighed, the nearest in time: more cannot be told apart anyway. */
export const MOST = 24;

interface Entry<End> {
	/** Corrected time. */
	readonly at: number;
	/** In the order in which they were added: thousands may have the same time. */
	readonly number: number;
	readonly end: End;
}

/** Where an end is found, and where its other end is looked for. */
export interface Keys {
	readonly own: readonly string[];
	/** Ids of a transaction or connection, quoted by the other side. */
	readonly ids: readonly string[];
	readonly messageIds: readonly string[];
	readonly near: readonly string[];
}

/** Keys of an end; `quoted` are the ids of an arrival, and those that a handover quotes. */
export function keysOf(end: ArrivalEnd | HandoverEnd, quoted: readonly string[], connection: string | undefined): Keys {
	const { from } = end;
	const to = [...("handover" in end ? end.names : end.to)];
	const ids = [...quoted.map((id) => `i${id}`), ...(connection === undefined ? [] : [`c${connection}`])];
	const messageIds = end.messageIds.map((id) => `m${id}`);
	const pairs = from === undefined ? [] : to.map((address) => `p${from}\n${address}`);
	const own = [...ids, ...messageIds, ...pairs];
	for (const address of to) own.push(from === undefined ? `t?${address}` : `t${address}`);
	if (from !== undefined) own.push(to.length === 0 ? `f?${from}` : `f${from}`);
	const near = [...pairs];
	// One that lacks a part of the envelope is looked for by the other part.
	for (const address of to) near.push(`t?${address}`, ...(from === undefined ? [`t${address}`] : []));
	if (from !== undefined) near.push(`f?${from}`, ...(to.length === 0 ? [`f${from}`] : []));
	if (isBare(end)) {
		own.push(BARE);
		near.push(BARE);
	}
	return { own, ids, messageIds, near };
}

const BARE = "?";

/**
 * A transaction that ended before the content: of an arrival only the connection is known, of a handover not what became of it. Such ends can be
 * joined when no others are left at that time.
 */
export const isBare = (end: ArrivalEnd | HandoverEnd): boolean =>
	end.messageIds.length === 0 &&
	("handover" in end ? end.handover.result === "unknown" : !end.arrival.isAccepted && end.from === undefined && end.to.size === 0);

export class Pool<End extends ArrivalEnd | HandoverEnd> {
	/** Under each key by time, those of one time by number. */
	readonly #index = new Map<string, Entry<End>[]>();
	readonly #entries = new Map<End, Entry<End>>();
	#added = 0;

	add(end: End, keys: readonly string[], at: number): void {
		const entry = { at, number: this.#added++, end };
		this.#entries.set(end, entry);
		for (const key of keys) {
			const entries = this.#index.get(key);
			if (entries === undefined) this.#index.set(key, [entry]);
			else entries.splice(after(entries, at), 0, entry);
		}
	}

	delete(end: End, keys: readonly string[]): void {
		const entry = this.#entries.get(end);
		if (entry === undefined) return;
		this.#entries.delete(end);
		for (const key of keys) {
			const entries = this.#index.get(key) ?? [];
			const index: number = after(entries, entry.at, entry.number) - 1;
			if (entries[index] === entry) entries.splice(index, 1);
			if (entries.length === 0) this.#index.delete(key);
		}
	}

	/** How many wait under a key. */
	count(key: string): number {
		return this.#index.get(key)?.length ?? 0;
	}

	/** Whether one hop of a layer alone waits under a key. */
	isAlone(key: string, layer: Layer): boolean {
		const entries = this.#index.get(key) ?? [];
		if (entries.length > MOST) return false;
		const [first, ...others] = entries.filter(({ end }) => end.node.layer.key === layer.key);
		return first !== undefined && others.every(({ end }) => end.node === first.end.node);
	}

	/** Ends under any of the keys, within `reach` milliseconds of a time. */
	find(keys: readonly string[], at: number, reach: number, into: Set<End>): void {
		for (const key of keys) {
			const entries = this.#index.get(key);
			if (entries === undefined) continue;
			let late = after(entries, at);
			let early = late - 1;
			for (let taken = 0; taken < MOST; taken++) {
				const [before, behind] = [entries[early], entries[late]];
				const isBefore = before !== undefined && (behind === undefined || at - before.at <= behind.at - at);
				const nearest = isBefore ? before : behind;
				if (nearest === undefined || Math.abs(nearest.at - at) > reach) break;
				into.add(nearest.end);
				if (isBefore) early--;
				else late++;
			}
		}
	}
}

/** Index of the first entry later than a time, or of that time with a higher number. */
function after<End>(entries: readonly Entry<End>[], at: number, number: number = Number.POSITIVE_INFINITY): number {
	const isUntil = (entry: Entry<End> | undefined): boolean =>
		entry === undefined || entry.at < at || (entry.at === at && entry.number <= number);
	let [low, high] = [0, entries.length];
	// Most come in order.
	if (isUntil(entries[high - 1])) return high;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (isUntil(entries[middle])) low = middle + 1;
		else high = middle;
	}
	return low;
}
