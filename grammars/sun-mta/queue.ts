/** Recipients in the queues of channels. */
import type { EventView } from "../../src/format/api.js";

/** What a record says of a recipient in the queue of a channel. */
export interface Spot {
	readonly channel: string;
	/** Envelope sender; empty for the null sender. */
	readonly from?: string | undefined;
	/** As the client named the recipient, and as it is called in this queue. */
	readonly original: string;
	readonly current: string;
	/** The part of the file's name that stays the same from try to try. */
	readonly file?: string | undefined;
	readonly messageId?: string | undefined;
	readonly envelopeId?: string | undefined;
}

/** A recipient of a message, by its E entry, or by a later one when the log does not have that. */
export interface Entry extends Spot {
	/** In the order in which they came. */
	readonly number: number;
	readonly message: number;
	/** The recipient as the client named it, and the event that brought it. */
	readonly address: string;
	readonly root: string;
	/** E entries of this channel passed it on, to the next channel or, after Z, to another file. */
	isPassedOn: boolean;
	isMoved: boolean;
	/** Equal messages were in the queue when one of them was spoken of: nobody knows which. */
	isDoubted: boolean;
}

/** `/queue/ims-ms/000/ZYfqXVKo8stcE.01` → `fqXVKo8stcE`: a try changes the letters in front and the number behind. */
const fileKey = (event: EventView): string | undefined => /[A-Z]{2}([^/\\\]:]+?)(?:\.[^./\\]*)?$/.exec(event.text("queue.file") ?? "")?.[1];

/** The recipient as the client named it: in xtext (RFC 3461), when every `+` can be read so. */
function originalAddress(event: EventView, current: string): string {
	// Empty for refused recipients.
	const written = event.text("envelope.to.0.original") || current;
	return /^(?:[^+]|\+(?:2[0-9A-F]|[3-6][0-9A-F]|7[0-9A-E]))*$/.test(written)
		? written.replace(/\+([2-7][0-9A-F])/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
		: written;
}

export function spotOf(channel: string, event: EventView): Spot {
	const current = event.text("envelope.to.0.address") ?? "";
	return {
		channel,
		from: event.text("envelope.from"),
		original: originalAddress(event, current),
		current,
		file: fileKey(event),
		// Of `<new>,<old>` the first is that of the message.
		messageId: event.texts("message.message_ids")[0],
		envelopeId: event.text("message.envelope_id"),
	};
}

/** Both say the same, as far as both say it. */
export const agree = (left: string | undefined, right: string | undefined): boolean =>
	left === undefined || right === undefined || left === right;

export interface SavedQueue {
	readonly entries: readonly Entry[];
	/** Numbers of entries. */
	readonly passed: readonly (readonly [passing: string, entry: number])[];
	readonly last: number;
}

export class Queue {
	readonly #entries = new Map<number, Entry>();
	/** By each of their keys. */
	readonly #byKey = new Map<string, Set<Entry>>();
	/** By `passing`: what was passed on last, for the other members of a list. */
	readonly #passed = new Map<string, Entry>();
	#last: number;

	constructor(saved?: SavedQueue) {
		this.#last = saved?.last ?? 0;
		for (const entry of saved?.entries ?? []) this.#put({ ...entry });
		for (const [passing, number] of saved?.passed ?? []) {
			const entry = this.#entries.get(number);
			if (entry !== undefined) this.#passed.set(passing, entry);
		}
	}

	save(): SavedQueue {
		return {
			entries: Array.from(this.#entries.values(), (entry) => ({ ...entry })),
			passed: Array.from(this.#passed, ([passing, { number }]) => [passing, number]),
			last: this.#last,
		};
	}

	/** `channel`: in whose queue it is from now on. */
	add(spot: Spot, channel: string, of: Pick<Entry, "message" | "address" | "root">): Entry {
		// Keys one by one: an object that is spread from others costs more than all its keys.
		const entry: Entry = {
			channel,
			from: spot.from,
			original: spot.original,
			current: spot.current,
			file: spot.file,
			messageId: spot.messageId,
			envelopeId: spot.envelopeId,
			number: ++this.#last,
			message: of.message,
			address: of.address,
			root: of.root,
			isPassedOn: false,
			isMoved: false,
			isDoubted: false,
		};
		this.#put(entry);
		return entry;
	}

	#put(entry: Entry): void {
		this.#entries.set(entry.number, entry);
		const { address, file, renamed, passing } = keysOf(entry);
		// What was passed on is no more found by that.
		for (const key of [address, file, renamed, entry.isPassedOn ? undefined : passing]) {
			if (key === undefined) continue;
			const entries = this.#byKey.get(key);
			if (entries === undefined) this.#byKey.set(key, new Set([entry]));
			else entries.add(entry);
		}
	}

	remove(number: number): void {
		const entry = this.#entries.get(number);
		if (entry === undefined) return;
		this.#entries.delete(number);
		const { address, file, renamed, passing } = keysOf(entry);
		for (const key of [address, file, renamed, passing]) this.#drop(key, entry);
		if (this.#passed.get(passing) === entry) this.#passed.delete(passing);
	}

	/**
	 * What a record is about: its file and recipient, else the sender and the recipient, and then the one that came first.
	 * More than one result says that they cannot be told apart.
	 */
	find(spot: Spot): readonly Entry[] {
		const keys = keysOf(spot);
		for (const entry of this.#at(keys.file)) return [entry];
		for (const entry of this.#at(keys.renamed)) return [entry];
		const alike = this.#at(keys.address);
		if (spot.messageId === undefined && spot.envelopeId === undefined) return [...alike];
		// With ids there is no choice: the first is as good as the others.
		for (const entry of alike) if (agree(entry.messageId, spot.messageId)) return [entry];
		return [];
	}

	/** What a channel passes on with an E entry; lists and conversions change the recipient. */
	pass(spot: Spot, isAllowed: (entry: Entry) => boolean): Entry | undefined {
		const { address, passing } = keysOf(spot);
		let same: Entry | undefined;
		for (const entry of this.#at(address)) {
			if (!entry.isPassedOn) {
				same = entry;
				break;
			}
		}
		const [first] = this.#at(passing);
		const entry = same ?? first ?? this.#passed.get(passing);
		if (entry === undefined || !isAllowed(entry)) return undefined;
		this.#drop(passing, entry);
		this.#passed.set(passing, entry);
		return entry;
	}

	#at(key: string | undefined): Iterable<Entry> {
		return (key === undefined ? undefined : this.#byKey.get(key)) ?? [];
	}

	#drop(key: string | undefined, entry: Entry): void {
		const entries = key === undefined ? undefined : this.#byKey.get(key);
		if (key === undefined || entries === undefined) return;
		entries.delete(entry);
		if (entries.size === 0) this.#byKey.delete(key);
	}
}

interface Keys {
	readonly passing: string;
	readonly address: string;
	readonly file: string | undefined;
	/** The same file names a recipient in another way: with the local domain, or without. */
	readonly renamed: string | undefined;
}

/** What entries are found by. */
function keysOf({ channel, from, original, current, file }: Spot): Keys {
	const passing = `${channel}\n${from ?? ""}\n${original}`;
	return {
		passing,
		address: `${passing}\n${current}`,
		file: file && `${channel}\nfile\n${file}\n${current}`,
		renamed: file && `${channel}\nof\n${file}\n${original}`,
	};
}
