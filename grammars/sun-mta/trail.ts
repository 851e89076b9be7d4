/**
 * The messages of the Sun MTA: the E entries with which one comes in are one hop, with all that becomes of its recipients from channel to channel.
 * A recipient that is refused (J), or lost with its transaction (V), is a hop of its own: it was never in a queue.
 */
import {
	asItIs,
	CLOSED_EARLY,
	completed,
	type Emit,
	type EventView,
	endpoint,
	HopDraft,
	MOST_OPEN,
	OpenTable,
	reply,
	stateKind,
	type TableState,
	type Tracker,
	type TrackerState,
} from "../../src/format/api.js";
import { isSmtp, outcomeOf, PASSING, RESULTS } from "./channels.js";
import { Connections, ownEnd, type SavedConnections, threadOf } from "./connections.js";
import { idOf, isOneOf, loadMessage, type Message, newMessage, recipientKey, type SavedMessage, saveMessage } from "./message.js";
import { type Entry, Queue, type SavedQueue, type Spot, spotOf } from "./queue.js";
import { arrivalOf, said, settle, type Told } from "./told.js";

/** Milliseconds in which late records (the end of a connection, notifications) come after the last word on a message. */
const GRACE = 60_000;

/** Sizes are blocks of BLOCK_SIZE bytes, 1024 by default. */
const BLOCK = 1024;

/** Said when D and its like could be about another message just as well. */
const AMBIGUOUS = "ids that tell it from an equal message";

interface Saved {
	readonly queue: SavedQueue;
	readonly waiting: TableState<number, SavedMessage>;
	readonly ended: TableState<number, SavedMessage>;
	readonly entering: TableState<string, number>;
	readonly notifications: TableState<string, number>;
	readonly connections: SavedConnections;
	readonly last: number;
}

const STATE = stateKind<Saved>("sun-mta", 1);

class SunTracker implements Tracker {
	readonly #queue: Queue;
	/** Messages with recipients in queues, by number. */
	readonly #waiting: OpenTable<number, Message>;
	/** Messages without. */
	readonly #ended: OpenTable<number, Message>;
	/** Number of the message of the last E entry, by channel, thread and sender: the next may be one more recipient. */
	readonly #entering: OpenTable<string, number>;
	/** Numbers, by the id of the message that failed, and by channel and addressee. */
	readonly #notifications: OpenTable<string, number>;
	readonly #connections: Connections;
	/** Number of the last message. */
	#last: number;
	readonly #emit: Emit;

	constructor(emit: Emit, state?: TrackerState) {
		this.#emit = emit;
		const saved = STATE.load(state);
		this.#queue = new Queue(saved?.queue);
		this.#waiting = OpenTable.load(saved?.waiting, loadMessage);
		this.#ended = OpenTable.load(saved?.ended, loadMessage);
		this.#entering = OpenTable.load(saved?.entering, asItIs);
		this.#notifications = OpenTable.load(saved?.notifications, asItIs);
		this.#connections = new Connections(saved?.connections);
		this.#last = saved?.last ?? 0;
	}

	save(): TrackerState {
		return STATE.save({
			queue: this.#queue.save(),
			waiting: this.#waiting.save(saveMessage),
			ended: this.#ended.save(saveMessage),
			entering: this.#entering.save(asItIs),
			notifications: this.#notifications.save(asItIs),
			connections: this.#connections.save(),
			last: this.#last,
		});
	}

	add(event: EventView, time: number): void {
		this.#forget(time - GRACE);
		const channel = event.text("queue.source_channel");
		const action = event.text("fields.action") ?? "";
		if (channel === undefined) return;
		if (event.has("queue.direction")) {
			for (const number of this.#connections.add(event, time)) this.#message(number)?.draft.note(event, time);
			return;
		}
		if (!"EJVDRKQZW".includes(action)) return;
		const told = { event, time, spot: spotOf(channel, event), connection: this.#connections.of(event) };
		if (action === "E") this.#enqueue(told);
		else if (action === "J" || action === "V") this.#refuse(action, told);
		else this.#dequeue(action, told);
		for (const oldest of this.#waiting.beyond(MOST_OPEN)) this.#giveUp(oldest, CLOSED_EARLY);
	}

	expire(before: number): void {
		for (const message of this.#waiting.expired(before)) this.#giveUp(message, "its end");
		this.#connections.expire(before);
		this.#forget(before);
	}

	end(): void {
		this.expire(Number.POSITIVE_INFINITY);
	}

	#giveUp(message: Message, lacks: string): void {
		message.draft.missing.push(lacks);
		for (const number of message.waiting) this.#queue.remove(number);
		this.#finish(message);
	}

	/** One that is followed still. */
	#message(number: number | undefined): Message | undefined {
		return number === undefined ? undefined : (this.#waiting.get(number) ?? this.#ended.get(number));
	}

	#forget(before: number): void {
		for (const message of this.#ended.expired(before)) this.#finish(message);
		for (const _ of this.#entering.expired(before));
		for (const _ of this.#notifications.expired(before));
	}

	#finish({ number, draft, connections }: Message): void {
		this.#connections.leave(number, connections.keys());
		this.#emit(draft.hop());
	}

	/** Notes an entry, and the connection in which it was written. */
	#note({ number, draft, connections }: Message, { event, time, connection }: Told): void {
		if (connection !== undefined && connections.get(connection.key) !== connection.id) {
			draft.note(connection, connection.time);
			connection.messages.add(number);
			connections.set(connection.key, connection.id);
		}
		draft.note(event, time);
		draft.identify("file", [event.text("queue.file")]);
	}

	#enqueue(told: Told): void {
		const { event, time, spot } = told;
		const key = [spot.channel, threadOf(event), spot.from].join(" ");
		const entering = this.#message(this.#entering.get(key));
		const isSame = entering !== undefined && isOneOf(entering, spot, event, time);
		// An SMTP channel takes mails in under its own name: it passes on only what Z moves to another file.
		const earlier = isSame ? undefined : this.#queue.pass(spot, ({ isMoved }) => isMoved || !isSmtp(spot.channel));
		const message = isSame ? entering : (this.#message(earlier?.message) ?? this.#begin(told));
		this.#note(message, told);
		message.draft.identify("queue_id", [spot.envelopeId]);
		message.draft.identify("message_id", [spot.messageId]);
		if (earlier === undefined) {
			this.#entering.set(key, message.number, time);
			message.entered = time;
			message.recipients.add(recipientKey(spot));
		}
		// The first recipient takes the place of the one that is passed on, the others of a list come beside it.
		const isHeir = earlier !== undefined && !earlier.isPassedOn;
		if (earlier !== undefined) earlier.isPassedOn = true;
		const channel = event.text("queue.destination_channel") ?? "";
		const root = isHeir ? earlier.root : event.id;
		const entry = this.#queue.add(spot, channel, { message: message.number, address: earlier?.address ?? spot.original, root });
		message.waiting.add(entry.number);
		this.#waiting.set(message.number, message, time);
		this.#ended.delete(message.number);
		settle(message, entry, told, "unknown");
	}

	#begin(told: Told): Message {
		const { event, time, spot } = told;
		const message = newMessage(++this.#last, spot, event, time);
		const { draft, number, sizeBlocks } = message;
		draft.from = spot.from;
		draft.size_bytes = sizeBlocks === undefined ? undefined : sizeBlocks * BLOCK;
		draft.size_block_bytes = BLOCK;
		const [, failed] = event.texts("message.message_ids");
		const isNotification = draft.from === "" && (failed !== undefined || event.text("queue.destination_channel") === "process");
		if (isNotification) {
			if (failed !== undefined) this.#notifications.set(failed, number, time);
			this.#notifications.set(`${spot.channel} ${spot.current}`, number, time);
		} else draft.arrival = arrivalOf(told, true);
		return message;
	}

	#refuse(action: string, told: Told): void {
		const { event, time, spot, connection } = told;
		const draft = new HopDraft();
		draft.from = spot.from;
		draft.identify("message_id", event.texts("message.message_ids"));
		draft.arrival = arrivalOf(told, false);
		if (connection !== undefined) draft.note(connection, connection.time);
		draft.note(event, time);
		const outcome = action === "V" ? "aborted" : event.text("smtp.code")?.startsWith("4") === true ? "deferred" : "rejected";
		draft.settle({ address: spot.original, became: [], outcome, smtp: said(event), time, event: event.id });
		this.#emit(draft.hop());
	}

	#dequeue(action: string, told: Told): void {
		const { event, time, spot, connection } = told;
		const { channel } = spot;
		const [entry = this.#unheard(told), ...equal] = this.#queue.find(spot);
		const message = this.#message(entry.message);
		if (message === undefined) return;
		const { draft } = message;
		// What became of equal messages is known, not which of them an entry is about: it is no part of either.
		for (const doubted of equal.some((other) => other.message !== entry.message) ? [entry, ...equal] : []) this.#doubt(doubted);
		if (!entry.isDoubted) this.#note(message, told);
		const outcome = outcomeOf(action, channel);
		if (action === "Z") entry.isMoved = true;
		if (outcome !== undefined && !entry.isPassedOn) {
			const isAnswer = event.has("smtp.code") && (event.has("server") || isSmtp(channel));
			settle(message, entry, told, outcome, isAnswer && outcome !== "handed_on" ? "server" : undefined);
			if ((isAnswer || (isSmtp(channel) && action === "D")) && outcome in RESULTS) {
				const process = event.text("process.raw") ?? time;
				draft.handOver([process, event.text("queue.file"), action, event.text("smtp.text")].join(" "), {
					time,
					server: endpoint(event, "server"),
					client: completed(ownEnd(event), connection?.own),
					to: [spot.current],
					reply: reply(event),
					result: RESULTS[outcome as keyof typeof RESULTS],
					events: [event.id],
				});
			}
		}
		if (action === "R" || action === "W") this.#relate(message, spot, event);
		if ("DRK".includes(action)) {
			this.#queue.remove(entry.number);
			message.waiting.delete(entry.number);
		}
		this.#waiting.delete(message.number);
		this.#ended.delete(message.number);
		(message.waiting.size === 0 ? this.#ended : this.#waiting).set(message.number, message, time);
	}

	/** Of a recipient whose E entry the log does not have. */
	#unheard({ event, time, spot }: Told): Entry {
		const message = newMessage(++this.#last, spot, event, time);
		const { draft, number } = message;
		draft.from = spot.from;
		draft.missing.push("its beginning");
		draft.identify("queue_id", [spot.envelopeId]);
		// It came in not long before, when it was not made here; what a channel passed on has come in with the E entry of that.
		if (draft.from !== "" && !PASSING.has(spot.channel))
			draft.arrival = { time, client: {}, server: {}, isAccepted: true, told: draft.ids("queue_id") };
		draft.identify("message_id", [spot.messageId]);
		const entry = this.#queue.add(spot, spot.channel, { message: number, address: spot.original, root: event.id });
		message.waiting.add(entry.number);
		this.#waiting.set(number, message, time);
		return entry;
	}

	#doubt(entry: Entry): void {
		if (entry.isDoubted) return;
		entry.isDoubted = true;
		const missing = this.#message(entry.message)?.draft.missing;
		if (missing?.includes(AMBIGUOUS) === false) missing.push(AMBIGUOUS);
	}

	/** The E entries of a notification stand before the R entry (or W) that they tell of. */
	#relate(message: Message, { channel, from, messageId }: Spot, event: EventView): void {
		const byId = this.#notifications.get(messageId ?? "");
		const notification = this.#message(byId ?? this.#notifications.get(`${channel} ${from}`));
		if (notification === undefined || notification === message) return;
		message.draft.relations.push({ kind: "notification", role: "result", id: idOf(notification), event: event.id });
		notification.draft.relations.push({ kind: "notification", role: "source", id: idOf(message), event: event.id });
	}
}

export const trail = (emit: Emit, state?: TrackerState): Tracker => new SunTracker(emit, state);
