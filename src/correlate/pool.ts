/** Ends that wait for their other end, found by what both ends would say. */
import type { ArrivalEnd, HandoverEnd, Layer } from "./nodes.js";
import { Timeline } from "./timeline.js";

/** Of many ends under one key, so many are weighed, the nearest in time: more cannot be told apart anyway. */
export const MOST = 24;
/** So many of a crowd, which has more under one key in reach: none of them will be told apart. */
const MOST_OF_CROWD = 6;

interface Entry<End> {
	/** Corrected. */
	readonly time: number;
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

/** Sender and recipient; either alone where the other end may lack one; ends without both. */
const BARE = "?";

/** Keys of an end; `quoted` are the ids of an arrival, and those that a handover quotes. */
export function keysOf(end: ArrivalEnd | HandoverEnd, quoted: readonly string[], connection: string | undefined): Keys {
	const { from } = end;
	const to = [...("handover" in end ? end.names : end.to)];
	const ids = [...quoted.map((id) => `i${id}`), ...(connection === undefined ? [] : [`c${connection}`])];
	const messageIds = end.messageIds.map((id) => `m${id}`);
	const near: string[] = [];
	// Of a Message-ID with many ends those with the same recipient.
	for (const id of end.messageIds) for (const address of to) messageIds.push(`x${id}\n${address}`);
	const own = [...ids, ...messageIds];
	// Two that both have a Message-ID are found by that, or are not of one mail: all else is for those that lack one.
	const hasId = messageIds.length > 0;
	const mark = hasId ? "m" : "";
	const look = (key: string): void => {
		near.push(key);
		if (!hasId) near.push(`m${key}`);
	};
	for (const address of to) {
		own.push(`${mark}t${from === undefined ? "?" : ""}${address}`);
		look(`t?${address}`);
		if (from === undefined) look(`t${address}`);
		else {
			own.push(`${mark}p${from}\n${address}`);
			look(`p${from}\n${address}`);
		}
	}
	if (from !== undefined) {
		own.push(`${mark}f${to.length === 0 ? "?" : ""}${from}`);
		look(`f?${from}`);
		if (to.length === 0) look(`f${from}`);
	}
	if (isBare(end)) {
		own.push(BARE);
		near.push(BARE);
	}
	return { own, ids, messageIds, near };
}

/**
 * A transaction that ended before the content: of an arrival only the connection is known, of a handover not what became of it. Such ends can be
 * joined when no others are left at that time.
 */
export const isBare = (end: ArrivalEnd | HandoverEnd): boolean =>
	end.messageIds.length === 0 &&
	("handover" in end ? end.handover.result === "unknown" : !end.arrival.isAccepted && end.from === undefined && end.to.size === 0);

/** Under these both ends stand when nothing but sender and recipient says that they are one. */
export const envelopeKeys = (from: string, address: string): readonly string[] => [`p${from}\n${address}`, `mp${from}\n${address}`];

export class Pool<End extends ArrivalEnd | HandoverEnd> {
	/** Most keys have one end. */
	readonly #index = new Map<string, Entry<End> | Timeline<Entry<End>>>();
	readonly #entries = new Map<End, Entry<End>>();
	#added = 0;

	add(end: End, keys: readonly string[], time: number): void {
		const entry = { time, number: this.#added++, end };
		this.#entries.set(end, entry);
		for (const key of keys) {
			const known = this.#index.get(key);
			if (known === undefined) this.#index.set(key, entry);
			else if (known instanceof Timeline) known.add(entry);
			else this.#index.set(key, new Timeline(known, entry));
		}
	}

	delete(end: End, keys: readonly string[]): void {
		const entry = this.#entries.get(end);
		if (entry === undefined) return;
		this.#entries.delete(end);
		for (const key of keys) {
			const known = this.#index.get(key);
			if (known === entry) this.#index.delete(key);
			if (!(known instanceof Timeline)) continue;
			known.delete(entry);
			if (known.size === 0) this.#index.delete(key);
		}
	}

	/** How many wait under a key. */
	count(key: string): number {
		const known = this.#index.get(key);
		return known === undefined ? 0 : known instanceof Timeline ? known.size : 1;
	}

	/** Whether one hop of a layer alone waits under some keys. */
	isAlone(keys: readonly string[], layer: Layer): boolean {
		if (keys.reduce((sum, key) => sum + this.count(key), 0) > MOST) return false;
		const ends = keys.flatMap((key) => this.#at(key)).filter(({ node }) => node.layer.key === layer.key);
		const [first, ...others] = ends;
		return first !== undefined && others.every(({ node }) => node === first.node);
	}

	#at(key: string): readonly End[] {
		const known = this.#index.get(key);
		if (known === undefined) return [];
		return known instanceof Timeline ? Array.from(known, ({ end }) => end) : [known.end];
	}

	/** Ends under any of the keys, within `reach` milliseconds of a time. */
	find(keys: readonly string[], time: number, reach: number, into: Set<End>): void {
		for (const key of keys) {
			const known = this.#index.get(key);
			if (known === undefined) continue;
			if (known instanceof Timeline) for (const end of nearest(known, time, reach)) into.add(end);
			else if (Math.abs(known.time - time) <= reach) into.add(known.end);
		}
	}
}

function nearest<End>(entries: Timeline<Entry<End>>, time: number, reach: number): readonly End[] {
	const found: End[] = [];
	for (const entry of entries.nearest(time)) {
		if (Math.abs(entry.time - time) > reach) return found;
		if (found.length === MOST) return found.slice(0, MOST_OF_CROWD);
		found.push(entry.end);
	}
	return found;
}
