/**
 * The messages of the Sun MTA: the E entries with which one comes in are one hop, with all that becomes of its recipients from channel to channel.
 * A recipient that is refused (J), or lost with its transaction (V), is a hop of its own: it was never in a queue.
 */
import {
	type Endpoint,
	type Event,
	endpoint,
	fieldText,
	type Hop,
	HopDraft,
	OpenTable,
	type RecipientOutcome,
	reply,
	type Tracker,
} from "../../src/format/define.js";
import { Connections } from "./connections.js";
import {
	currentAddress,
	type Entry,
	isOneOf,
	type Message,
	messageId,
	newMessage,
	originalAddress,
	Queue,
	recipientKey,
	threadOf,
} from "./queue.js";

type Emit = (hop: Hop) => void;

/** Milliseconds in which late records (the end of a connection, notifications) come after the last word on a message. */
const GRACE = 60_000;

/** Sizes are blocks of BLOCK_SIZE bytes, 1024 by default. */
const BLOCK = 1024;

/** Said when D and its like could be about another message just as well. */
const AMBIGUOUS = "ids that tell it from an equal message";

/** Channels whose D without an E entry before it says nothing of the recipient. */
const PASSING = new Set(["process", "reprocess", "conversion", "defragment"]);
const THROWING = new Set(["bitbucket", "filter_discard"]);
/** Names of channels that speak SMTP or LMTP. */
const isSmtp = (channel: string): boolean => channel.startsWith("tcp_");

/** What an entry says of its recipient. */
function outcomeOf(action: string, channel: string): RecipientOutcome | undefined {
	if (action === "R" || action === "K") return "bounced";
	if (action === "Q" || action === "Z") return "deferred";
	if (action !== "D") return undefined;
	if (isSmtp(channel)) return "handed_on";
	if (THROWING.has(channel)) return "discarded";
	return PASSING.has(channel) ? "unknown" : "delivered";
}

const RESULTS = { handed_on: "accepted", deferred: "deferred", bounced: "rejected" } as const;

class SunTracker implements Tracker {
	readonly #queue = new Queue();
	/** Messages with recipients in queues. */
	readonly #messages = new OpenTable<Message, Message>();
	/** Messages without. */
	readonly #ended = new OpenTable<Message, Message>();
	/** The message of the last E entry, by channel, thread and sender: the next may be one more recipient. */
	readonly #entering = new OpenTable<string, Message>();
	/** By the id of the message that failed, and by channel and addressee. */
	readonly #notifications = new OpenTable<string, Message>();
	readonly #connections = new Connections();
	#emit: Emit = () => undefined;

	add(event: Event, time: number, emit: Emit): void {
		this.#emit = emit;
		this.#forget(time - GRACE);
		const channel = event.queue?.source_channel;
		const action = fieldText(event, "action") ?? "";
		if (channel === undefined) return;
		if (event.queue?.direction !== undefined) this.#connections.add(event, time);
		else if (action === "E") this.#enqueue(channel, event, time);
		else if (action === "J" || action === "V") this.#refuse(action, event, time);
		else if ("DRKQZW".includes(action)) this.#dequeue(action, channel, event, time);
	}

	expire(before: number, emit: Emit): void {
		this.#emit = emit;
		for (const message of this.#messages.expired(before)) {
			message.draft.missing.push("its end");
			for (const entry of message.waiting) this.#queue.remove(entry);
			this.#finish(message);
		}
		this.#connections.expire(before);
		this.#forget(before);
	}

	end(emit: Emit): void {
		this.expire(Number.POSITIVE_INFINITY, emit);
	}

	#forget(before: number): void {
		for (const message of this.#ended.expired(before)) this.#finish(message);
		for (const _ of this.#entering.expired(before));
		for (const _ of this.#notifications.expired(before));
	}

	#finish({ draft, connections }: Message): void {
		for (const { drafts } of connections) drafts.delete(draft);
		this.#emit(draft.hop());
	}

	/** Notes an entry, and the connection in which it was written. */
	#note({ draft, connections }: Message, event: Event, time: number): void {
		const connection = this.#connections.of(event);
		if (connection !== undefined && !connections.has(connection)) {
			draft.note(connection.event, connection.time);
			connection.drafts.add(draft);
			connections.add(connection);
		}
		draft.note(event, time);
		draft.identify("file", [event.queue?.file]);
	}

	#enqueue(channel: string, event: Event, time: number): void {
		const key = [channel, threadOf(event), event.envelope?.from].join(" ");
		const entering = this.#entering.get(key);
		const isSame = entering !== undefined && isOneOf(entering, event, time);
		// An SMTP channel takes mails in under its own name: it passes on only what Z moves to another file.
		const earlier = isSame ? undefined : this.#queue.pass(channel, event, ({ isMoved }) => isMoved || !isSmtp(channel));
		const message = isSame ? entering : (earlier?.message ?? this.#begin(channel, event, time));
		this.#note(message, event, time);
		message.draft.identify("queue_id", [event.message?.envelope_id]);
		message.draft.identify("message_id", [messageId(event)]);
		if (earlier === undefined) {
			this.#entering.set(key, message, time);
			message.entered = time;
			message.recipients.add(recipientKey(event));
		}
		// The first recipient takes the place of the one that is passed on, the others of a list come beside it.
		const isHeir = earlier !== undefined && !earlier.isPassedOn;
		if (earlier !== undefined) earlier.isPassedOn = true;
		const entry: Entry = {
			message,
			channel: event.queue?.destination_channel ?? "",
			event,
			address: earlier?.address ?? originalAddress(event),
			root: isHeir ? earlier.root : event.id,
			isPassedOn: false,
			isMoved: false,
			isDoubted: false,
		};
		this.#queue.add(entry);
		this.#messages.set(message, message, time);
		this.#ended.delete(message);
		this.#settle(entry, event, time, "unknown");
	}

	#begin(channel: string, event: Event, time: number): Message {
		const message = newMessage(event, time);
		const { draft } = message;
		draft.from = event.envelope?.from;
		draft.size_bytes = event.message?.size_blocks === undefined ? undefined : event.message.size_blocks * BLOCK;
		draft.size_block_bytes = BLOCK;
		const failed = event.message?.message_ids?.[1];
		const isNotification = event.envelope?.from === "" && (failed !== undefined || event.queue?.destination_channel === "process");
		if (isNotification) {
			if (failed !== undefined) this.#notifications.set(failed, message, time);
			this.#notifications.set(`${channel} ${currentAddress(event)}`, message, time);
		} else draft.arrival = this.#arrival(event, time, true);
		return message;
	}

	#arrival(event: Event, time: number, isAccepted: boolean): NonNullable<HopDraft["arrival"]> {
		const connection = this.#connections.of(event);
		const { event: opened = event, time: begun } = connection ?? {};
		const told = isAccepted && event.message?.envelope_id !== undefined ? [event.message.envelope_id] : [];
		const client = { ...endpoint(event.client), ...known(endpoint(opened.client)) };
		return { time, begun, client, server: ownEnd(opened), isAccepted, told };
	}

	#refuse(action: string, event: Event, time: number): void {
		const draft = new HopDraft();
		draft.from = event.envelope?.from;
		draft.identify("message_id", event.message?.message_ids);
		draft.arrival = this.#arrival(event, time, false);
		const connection = this.#connections.of(event);
		if (connection !== undefined) draft.note(connection.event, connection.time);
		draft.note(event, time);
		const outcome = action === "V" ? "aborted" : event.smtp?.code?.startsWith("4") === true ? "deferred" : "rejected";
		draft.settle({ address: originalAddress(event), became: [], outcome, smtp: said(event), time, event: event.id });
		this.#emit(draft.hop());
	}

	#dequeue(action: string, channel: string, event: Event, time: number): void {
		const [entry = this.#unheard(channel, event, time), ...equal] = this.#queue.find(channel, event);
		const { message } = entry;
		const { draft } = message;
		// What became of equal messages is known, not which of them an entry is about: it is no part of either.
		for (const doubted of equal.some((other) => other.message !== message) ? [entry, ...equal] : []) doubt(doubted);
		if (!entry.isDoubted) this.#note(message, event, time);
		const outcome = outcomeOf(action, channel);
		if (action === "Z") entry.isMoved = true;
		if (outcome !== undefined && !entry.isPassedOn) {
			const isAnswer = event.smtp?.code !== undefined && (event.server !== undefined || isSmtp(channel));
			this.#settle(entry, event, time, outcome, isAnswer && outcome !== "handed_on" ? "server" : undefined);
			if ((isAnswer || (isSmtp(channel) && action === "D")) && outcome in RESULTS) {
				draft.handOver([event.process?.raw ?? time, event.queue?.file, action, event.smtp?.text].join(" "), {
					time,
					server: endpoint(event.server),
					client: { ...ownEnd(this.#connections.of(event)?.event ?? event), ...known(ownEnd(event)) },
					to: [currentAddress(event)],
					reply: reply(event.smtp),
					result: RESULTS[outcome as keyof typeof RESULTS],
					events: [event.id],
				});
			}
		}
		if (action === "R" || action === "W") this.#relate(message, channel, event);
		if ("DRK".includes(action)) this.#queue.remove(entry);
		this.#messages.delete(message);
		(message.waiting.size === 0 ? this.#ended : this.#messages).set(message, message, time);
	}

	/** Of a recipient whose E entry the log does not have. */
	#unheard(channel: string, event: Event, time: number): Entry {
		const message = newMessage(event, time);
		message.draft.from = event.envelope?.from;
		message.draft.missing.push("its beginning");
		message.draft.identify("queue_id", [event.message?.envelope_id]);
		// It came in not long before, when it was not made here; what a channel passed on has come in with the E entry of that.
		if (event.envelope?.from !== "" && !PASSING.has(channel))
			message.draft.arrival = { time, client: {}, server: {}, isAccepted: true, told: message.draft.ids("queue_id") };
		message.draft.identify("message_id", [messageId(event)]);
		const entry: Entry = {
			message,
			channel,
			event,
			address: originalAddress(event),
			root: event.id,
			isPassedOn: false,
			isMoved: false,
			isDoubted: false,
		};
		this.#queue.add(entry);
		return entry;
	}

	#settle(entry: Entry, event: Event, time: number, outcome: RecipientOutcome, repeats?: "server"): void {
		const became = [currentAddress(entry.event)].filter((address) => address !== entry.address);
		entry.message.draft.settle({ address: entry.address, became, outcome, repeats, smtp: said(event), time, event: event.id }, entry.root);
	}

	/** The E entries of a notification stand before the R entry (or W) that they tell of. */
	#relate(message: Message, channel: string, event: Event): void {
		const byId = this.#notifications.get(messageId(event) ?? "");
		const notification = byId ?? this.#notifications.get(`${channel} ${event.envelope?.from}`);
		if (notification === undefined || notification === message) return;
		message.draft.relations.push({ kind: "notification", role: "result", id: idOf(notification), event: event.id });
		notification.draft.relations.push({ kind: "notification", role: "source", id: idOf(message), event: event.id });
	}
}

const idOf = ({ draft, first }: Message): string => draft.ids("file")[0] ?? draft.ids("message_id")[0] ?? first.id;

function doubt(entry: Entry): void {
	if (entry.isDoubted) return;
	entry.isDoubted = true;
	const { missing } = entry.message.draft;
	if (!missing.includes(AMBIGUOUS)) missing.push(AMBIGUOUS);
}

/** Own side of a connection. */
function ownEnd({ fields }: Event): Endpoint {
	const { local_ip: ip, local_port: port } = fields ?? {};
	return { ip: typeof ip === "string" ? ip : undefined, port: typeof port === "number" ? port : undefined };
}

const known = (end: Endpoint): Endpoint => Object.fromEntries(Object.entries(end).filter(([, value]) => value !== undefined));

/** The reply, or the words of the entry where there is none. */
function said(event: Event): { code?: string | undefined; enhanced?: string | undefined; text?: string | undefined } | undefined {
	if (event.smtp !== undefined) return { code: event.smtp.code, enhanced: event.smtp.enhanced, text: event.smtp.text };
	const text = fieldText(event, "diagnostics");
	return text === undefined ? undefined : { text };
}

export const trail = (): Tracker => new SunTracker();
