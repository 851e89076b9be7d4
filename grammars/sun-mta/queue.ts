/** Messages and their recipients in the queues of channels. */
import { type Event, HopDraft } from "../../src/format/define.js";
import type { Connection } from "./connections.js";

export interface Message {
	readonly draft: HopDraft;
	/** The first of its E entries, and the time of the last: those of one message stand together. */
	readonly first: Event;
	entered: number;
	/** Recipients that wait in a queue, and all that came with it. */
	readonly waiting: Set<Entry>;
	readonly recipients: Set<string>;
	readonly connections: Set<Connection>;
}

/** A recipient of a message in the queue of a channel. */
export interface Entry {
	readonly message: Message;
	readonly channel: string;
	/** Its E entry; a later one, when the log does not have that. */
	readonly event: Event;
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
const fileKey = (event: Event): string | undefined => /[A-Z]{2}([^/\\\]:]+?)(?:\.[^./\\]*)?$/.exec(event.queue?.file ?? "")?.[1];

export const currentAddress = (event: Event): string => event.envelope?.to?.[0]?.address ?? "";

/** As the client named it: in xtext (RFC 3461), when every `+` can be read so. Empty for refused recipients. */
export function originalAddress(event: Event): string {
	const written = event.envelope?.to?.[0]?.original || currentAddress(event);
	return /^(?:[^+]|\+(?:2[0-9A-F]|[3-6][0-9A-F]|7[0-9A-E]))*$/.test(written)
		? written.replace(/\+([2-7][0-9A-F])/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
		: written;
}

/** Of `<new>,<old>` the first is that of the message. */
export const messageId = (event: Event): string | undefined => event.message?.message_ids?.[0];

/** `5a37.1.2` → the thread that wrote it. */
export const threadOf = ({ process }: Event): string | undefined =>
	process?.pid === undefined ? undefined : `${process.pid}.${process.thread ?? ""}`;

/** Both say the same, as far as both say it. */
const agree = (left: string | undefined, right: string | undefined): boolean => left === undefined || right === undefined || left === right;

export const recipientKey = (event: Event): string => `${originalAddress(event)}\n${currentAddress(event)}`;

/** Milliseconds between E entries of one message, where nothing but their order joins them; and where an id does. */
const TOGETHER = 20;
const TOGETHER_BY_ID = 2000;

/** The E entry is one more recipient of the message. */
export function isOneOf(message: Message, event: Event, time: number): boolean {
	const { first } = message;
	const hasId = messageId(event) !== undefined || event.message?.envelope_id !== undefined;
	return (
		Math.abs(time - message.entered) <= (hasId ? TOGETHER_BY_ID : TOGETHER) &&
		first.envelope?.from === event.envelope?.from &&
		first.message?.size_blocks === event.message?.size_blocks &&
		agree(first.message?.envelope_id, event.message?.envelope_id) &&
		agree(messageId(first), messageId(event)) &&
		// A recipient comes twice in two equal messages only.
		!message.recipients.has(recipientKey(event))
	);
}

export class Queue {
	/** By each of the keys of an entry. */
	readonly #entries = new Map<string, Set<Entry>>();
	/** By `passing`: what was passed on last, for the other members of a list. */
	readonly #passed = new Map<string, Entry>();

	add(entry: Entry): void {
		for (const key of Object.values(keysOf(entry.channel, entry.event))) {
			if (key !== undefined) this.#entries.set(key, (this.#entries.get(key) ?? new Set()).add(entry));
		}
		entry.message.waiting.add(entry);
	}

	remove(entry: Entry): void {
		const keys = keysOf(entry.channel, entry.event);
		for (const key of Object.values(keys)) this.#drop(key, entry);
		if (this.#passed.get(keys.passing) === entry) this.#passed.delete(keys.passing);
		entry.message.waiting.delete(entry);
	}

	/**
	 * What an entry of a channel is about: its file and recipient, else the sender and the recipient, and then the one that came first.
	 * More than one result says that they cannot be told apart.
	 */
	find(channel: string, event: Event): readonly Entry[] {
		const keys = keysOf(channel, event);
		for (const entry of this.#at(keys.file)) return [entry];
		for (const entry of this.#at(keys.renamed)) return [entry];
		const alike = this.#at(keys.address);
		if (messageId(event) === undefined && event.message?.envelope_id === undefined) return [...alike];
		// With ids there is no choice: the first is as good as the others.
		for (const entry of alike) if (agree(messageId(entry.event), messageId(event))) return [entry];
		return [];
	}

	/** What a channel passes on with an E entry; lists and conversions change the recipient. */
	pass(channel: string, event: Event, isAllowed: (entry: Entry) => boolean): Entry | undefined {
		const { address, passing } = keysOf(channel, event);
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

	#at(key: string | undefined): ReadonlySet<Entry> {
		return this.#entries.get(key ?? "") ?? new Set();
	}

	#drop(key: string | undefined, entry: Entry): void {
		const entries = this.#entries.get(key ?? "");
		entries?.delete(entry);
		if (entries?.size === 0) this.#entries.delete(key ?? "");
	}
}

/** What entries are found by. */
function keysOf(
	channel: string,
	event: Event,
): { address: string; passing: string; file: string | undefined; renamed: string | undefined } {
	const passing = [channel, event.envelope?.from, originalAddress(event)].join("\n");
	const file = fileKey(event);
	return {
		passing,
		address: [passing, currentAddress(event)].join("\n"),
		file: file && [channel, "file", file, currentAddress(event)].join("\n"),
		// The same file names a recipient in another way: with the local domain, or without.
		renamed: file && [channel, "of", file, originalAddress(event)].join("\n"),
	};
}

export const newMessage = (event: Event, time: number): Message => ({
	draft: new HopDraft(),
	first: event,
	entered: time,
	waiting: new Set(),
	recipients: new Set(),
	connections: new Set(),
});
