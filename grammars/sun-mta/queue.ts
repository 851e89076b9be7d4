/** Messages and their recipients in the queues of channels. */
import { type Event, HopDraft } from "../../src/format/define.js";

export interface Message {
	readonly draft: HopDraft;
	/** The first of its E entries, and the time of the last: those of one message stand together. */
	readonly first: Event;
	entered: number;
	/** Recipients that wait in a queue. */
	readonly waiting: Set<Entry>;
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
export const fileKey = (event: Event): string | undefined => /[A-Z]{2}([^/\\\]:]+?)(?:\.[^./\\]*)?$/.exec(event.queue?.file ?? "")?.[1];

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
		![...message.waiting].some((entry) => currentAddress(entry.event) === currentAddress(event) && entry.address === originalAddress(event))
	);
}

export class Queue {
	readonly #entries = new Map<string, Set<Entry>>();

	add(entry: Entry): void {
		for (const key of keysOf(entry.channel, entry.event)) {
			const entries = this.#entries.get(key) ?? new Set();
			this.#entries.set(key, entries.add(entry));
		}
		entry.message.waiting.add(entry);
	}

	remove(entry: Entry): void {
		for (const key of keysOf(entry.channel, entry.event)) {
			const entries = this.#entries.get(key);
			entries?.delete(entry);
			if (entries?.size === 0) this.#entries.delete(key);
		}
		entry.message.waiting.delete(entry);
	}

	/**
	 * What an entry of a channel is about: its file, else the sender and the recipient, and then the one that came first.
	 * More than one result says that they cannot be told apart.
	 */
	find(channel: string, event: Event): readonly Entry[] {
		const [byAddress = "", byFile] = keysOf(channel, event);
		const ofFile = [...(this.#entries.get(byFile ?? "") ?? [])];
		const named = ofFile.filter((entry) => currentAddress(entry.event) === currentAddress(event));
		if (named.length > 0) return named.slice(0, 1);
		if (ofFile.length === 1) return ofFile;
		const alike = [...(this.#entries.get(byAddress) ?? [])].filter((entry) => agree(messageId(entry.event), messageId(event)));
		const same = alike.filter((entry) => currentAddress(entry.event) === currentAddress(event));
		// With ids there is no choice: the first is as good as the others.
		return messageId(event) === undefined && event.message?.envelope_id === undefined ? same : same.slice(0, 1);
	}

	/** What a channel passes on with an E entry; lists and conversions change the recipient. */
	passed(channel: string, event: Event): Entry | undefined {
		const [byAddress = ""] = keysOf(channel, event);
		const alike = [...(this.#entries.get(byAddress) ?? [])];
		const open = alike.filter(({ isPassedOn }) => !isPassedOn);
		const same = open.filter(
			(entry) => currentAddress(entry.event) === currentAddress(event) && agree(messageId(entry.event), messageId(event)),
		);
		return same[0] ?? open[0] ?? alike[0];
	}
}

/** By channel, sender and original recipient, and by file. */
function keysOf(channel: string, event: Event): readonly string[] {
	const address = [channel, event.envelope?.from, originalAddress(event)].join("\n");
	const file = fileKey(event);
	return file === undefined ? [address] : [address, `${channel}\n${file}`];
}

export const newMessage = (event: Event, time: number): Message => ({
	draft: new HopDraft(),
	first: event,
	entered: time,
	waiting: new Set(),
});
