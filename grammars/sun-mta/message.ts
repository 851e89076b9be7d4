/** A message from its first E entry to the last word on it: plain data, and what is asked of it. */
import { type DraftState, type EventView, HopDraft } from "../../src/format/api.js";
import { agree, type Spot } from "./queue.js";

export interface Message {
	/** Tells it from all others. */
	readonly number: number;
	readonly draft: HopDraft;
	/** Id of the first of its entries, what that says of it, and the time of the last: those of one message stand together. */
	readonly event: string;
	readonly first: Spot;
	readonly sizeBlocks?: number | undefined;
	entered: number;
	/** Numbers of its entries in queues. */
	readonly waiting: Set<number>;
	/** All recipients that came with it. */
	readonly recipients: Set<string>;
	/** Connections that it had a part in: key → id of the O entry, the latest of each key. */
	readonly connections: Map<string, string>;
}

export const newMessage = (number: number, first: Spot, event: EventView, time: number): Message => ({
	number,
	draft: new HopDraft(),
	event: event.id,
	first,
	sizeBlocks: event.number("message.size_blocks"),
	entered: time,
	waiting: new Set(),
	recipients: new Set(),
	connections: new Map(),
});

export type SavedMessage = Omit<Message, "draft" | "waiting" | "recipients" | "connections"> & {
	readonly draft: DraftState;
	readonly waiting: readonly number[];
	readonly recipients: readonly string[];
	readonly connections: readonly (readonly [key: string, id: string])[];
};

export const saveMessage = (message: Message): SavedMessage => ({
	...message,
	draft: message.draft.save(),
	waiting: [...message.waiting],
	recipients: [...message.recipients],
	connections: [...message.connections],
});

export const loadMessage = (saved: SavedMessage): Message => ({
	...saved,
	draft: new HopDraft(saved.draft),
	waiting: new Set(saved.waiting),
	recipients: new Set(saved.recipients),
	connections: new Map(saved.connections),
});

/** Its file, or another id, or its first event. */
export const idOf = ({ draft, event }: Message): string => draft.ids("file")[0] ?? draft.ids("message_id")[0] ?? event;

export const recipientKey = ({ original, current }: Spot): string => `${original}\n${current}`;

/** Milliseconds between E entries of one message, where nothing but their order joins them; and where an id does. */
const TOGETHER = 20;
const TOGETHER_BY_ID = 2000;

/** The E entry is one more recipient of the message. */
export function isOneOf({ first, sizeBlocks, entered, recipients }: Message, spot: Spot, event: EventView, time: number): boolean {
	const hasId = spot.messageId !== undefined || spot.envelopeId !== undefined;
	return (
		Math.abs(time - entered) <= (hasId ? TOGETHER_BY_ID : TOGETHER) &&
		first.from === spot.from &&
		sizeBlocks === event.number("message.size_blocks") &&
		agree(first.envelopeId, spot.envelopeId) &&
		agree(first.messageId, spot.messageId) &&
		// A recipient comes twice in two equal messages only.
		!recipients.has(recipientKey(spot))
	);
}
