/**
 * The mails of Postfix: a queue id is one hop, from its first record to "removed"; ids are used again afterwards.
 * Refusals without a queue id are told apart by the process of their connection and by sender.
 */
import {
	CLOSED_EARLY,
	type Emit,
	type EventView,
	endpoint,
	isLoopback,
	keep,
	MOST_OPEN,
	MOST_RECORDS,
	OpenTable,
	stateKind,
	type TableState,
	type Tracker,
	type TrackerState,
	viewOf,
} from "../../src/format/api.js";
import {
	type Connection,
	disconnect,
	lacksOne,
	loadConnection,
	newConnection,
	type SavedConnection,
	saveConnection,
	takenMails,
} from "./connection.js";
import { absorb, finish, isOwn, join, type Mail, note, noteFrame, stageOf, verdictOf } from "./mail.js";
import { Mails, type SavedMails } from "./mails.js";
import { BEFORE_ID, FIRST, FRAME, isTaken, REFUSALS, WORDS } from "./words.js";

/** Milliseconds in which late records come after the end of a mail: "disconnect", those of another process. */
const GRACE = 60_000;

/** Mails of which the client is not in the log are kept in mind, the last ones. */
const MOST_ORPHANS = 100;

interface Saved {
	readonly mails: SavedMails;
	readonly connections: readonly SavedConnection[];
	/** Places of open connections in that list, by process. */
	readonly open: TableState<string, number>;
	readonly orphans: readonly number[];
	readonly counts: readonly (readonly [service: string, count: number])[];
}

const STATE = stateKind<Saved>("postfix", 1);

class PostfixTracker implements Tracker {
	readonly #connections: OpenTable<string, Connection>;
	readonly #mails: Mails;
	/** Numbers of open mails whose connection the log does not name. */
	readonly #orphans: Set<number>;
	/** Connections of each service. */
	readonly #counts: Map<string, number>;
	readonly #emit: Emit;

	constructor(emit: Emit, state?: TrackerState) {
		this.#emit = emit;
		const saved = STATE.load(state);
		const connections = saved?.connections.map(loadConnection) ?? [];
		this.#mails = new Mails(saved?.mails, connections);
		this.#connections = OpenTable.load(saved?.open, (at) => connections[at] as Connection);
		this.#orphans = new Set(saved?.orphans);
		this.#counts = new Map(saved?.counts);
	}

	save(): TrackerState {
		const places = new Map<Connection, number>();
		const placeOf = (connection: Connection): number => {
			const place = places.get(connection) ?? places.size;
			places.set(connection, place);
			return place;
		};
		const mails = this.#mails.save(placeOf);
		const open = this.#connections.save(placeOf);
		const connections = Array.from(places.keys(), saveConnection);
		return STATE.save({ mails, connections, open, orphans: [...this.#orphans], counts: [...this.#counts] });
	}

	add(event: EventView, time: number): void {
		this.#finishAll(this.#mails.ended(time - GRACE));
		const id = event.text("message.queue_id");
		if (id !== undefined) this.#addToMail(event, time, id);
		else if (event.text("fields.daemon") === "smtpd" && event.has("client")) this.#addToConnection(event, time);
		this.#bound(time);
	}

	/** Gives up what was heard of longest ago, where too much is open. */
	#bound(time: number): void {
		if (this.#connections.size > MOST_OPEN)
			for (const connection of this.#connections.beyond(MOST_OPEN)) this.#close(connection, time, CLOSED_EARLY);
		if (this.#mails.open <= MOST_OPEN) return;
		for (const number of this.#mails.beyond(MOST_OPEN)) {
			const mail = this.#mails.get(number);
			if (mail === undefined) continue;
			mail.draft.missing.push(CLOSED_EARLY);
			this.#finish(mail);
		}
	}

	expire(before: number): void {
		for (const connection of this.#connections.expired(before)) this.#close(connection, connection.begin);
		this.#finishAll(this.#mails.silent(before));
		this.#finishAll(this.#mails.ended(before));
	}

	end(): void {
		this.expire(Number.POSITIVE_INFINITY);
	}

	#finishAll(numbers: Iterable<number>): void {
		for (const number of numbers) {
			const mail = this.#mails.get(number);
			if (mail !== undefined) this.#finish(mail);
		}
	}

	#addToConnection(event: EventView, time: number): void {
		const name = processOf(event);
		const code = event.code ?? "";
		let connection = this.#connections.get(name);
		if (code === "smtpd/connect") {
			if (connection !== undefined) this.#close(connection, time);
			const k = 1 + (this.#counts.get(event.program ?? "") ?? 0);
			this.#counts.set(event.program ?? "", k);
			connection = newConnection(event, time, k);
		}
		connection ??= newConnection(event, time);
		this.#connections.set(name, connection, time);
		if (FRAME.has(code)) {
			const record = { id: event.id, time, code, client: endpoint(event, "client") };
			connection.frame.push(record);
			for (const mail of this.#mails.of([...connection.mails, ...connection.refused.values()])) noteFrame(mail, record);
		} else if (REFUSALS.has(code)) this.#say(this.#refused(connection, event, time), event, time);
		else connection.pending.push([keep(event, BEFORE_ID), time]);
		if (connection.pending.length >= MOST_RECORDS) this.#tell(connection, time, CLOSED_EARLY);
		if (code === "smtpd/client") connection.begunMails++;
		if (code !== "smtpd/disconnect") return;
		disconnect(connection, event, time);
		this.#connections.delete(name);
		this.#close(connection, time);
	}

	/** The mail that a refusal without a queue id is about: recipients of one sender are one mail. */
	#refused(connection: Connection, event: EventView, time: number): Mail {
		const stage = stageOf(event);
		const key = stage === "connect" || stage === "helo" ? "" : stage === "mail" ? event.id : `<${event.text("envelope.from")}>`;
		const mail = this.#mails.get(connection.refused.get(key)) ?? this.#mails.begin(undefined, connection, time);
		if (connection.refused.size >= MOST_RECORDS) this.#close(connection, time, CLOSED_EARLY);
		connection.refused.set(key, mail.number);
		connection.isEmpty = false;
		for (const [before, moment] of connection.pending.splice(0)) note(mail, viewOf(before), moment);
		return mail;
	}

	#addToMail(event: EventView, time: number, id: string): void {
		let mail = this.#mails.withId(id);
		if (mail !== undefined && FIRST.has(event.code ?? "")) {
			this.#finish(mail);
			mail = undefined;
		}
		mail ??= this.#begin(event, time, id);
		this.#mails.name(id, mail, time);
		this.#say(mail, event, time);
	}

	#begin(event: EventView, time: number, id: string): Mail {
		const name = processOf(event);
		const connection = event.code === "smtpd/client" ? this.#connections.get(name) : undefined;
		const mail = this.#mails.begin(id, connection, time);
		mail.isLocal = event.code === "pickup/mail";
		mail.hasClient = event.code === "smtpd/client";
		const original = event.text("fields.original_queue_id");
		if (original !== undefined) mail.draft.relations.push({ kind: "reinjection", role: "source", id: original, event: event.id });
		// One that came before the log began has no Message-ID in it.
		if (event.code === "cleanup/message-id") this.#orphans.add(mail.number);
		const [oldest] = this.#orphans;
		if (oldest !== undefined && this.#orphans.size > MOST_ORPHANS) this.#orphans.delete(oldest);
		if (connection === undefined) return mail;
		connection.begunMails++;
		this.#connections.set(name, connection, time);
		connection.mails.add(mail.number);
		connection.isEmpty = false;
		mail.earlier = connection.refused;
		connection.refused = new Map();
		for (const [before, moment] of connection.pending.splice(0)) this.#say(mail, viewOf(before), moment);
		return mail;
	}

	#say(mail: Mail, event: EventView, time: number): void {
		if (mail.taken === undefined && isTaken(event)) {
			// Of a delivery alone nobody knows when it was taken: after what was said before.
			mail.taken = event.code === "qmgr/active" || mail.draft.isEmpty ? time : mail.draft.end;
			mail.expected = event.number("fields.recipient_count") ?? 0;
			if (mail.connection !== undefined) mail.connection.verdict = { verdict: "accept", stage: "eom" };
			this.#mails.reopen(mail);
		}
		note(mail, event, time);
		WORDS[event.code ?? ""]?.(mail, event, time);
		const verdict = verdictOf(event);
		if (verdict !== undefined && mail.connection !== undefined) mail.connection.verdict = { verdict, stage: stageOf(event) };
		this.#relate(mail, event, time);
		if (mail.draft.from !== undefined && mail.earlier.size > 0) this.#sort(mail, mail.draft.from, time);
		if (mail.removed !== undefined) this.#mails.end(mail, time);
	}

	/** Refusals from before the queue id are of this mail when the sender is, else of another that never had one. */
	#sort(mail: Mail, sender: string, time: number): void {
		for (const [key, number] of mail.earlier) {
			const refused = this.#mails.get(number);
			if (refused === undefined) continue;
			if (key !== `<${sender}>`) this.#mails.end(refused, time);
			else {
				absorb(mail, refused);
				this.#mails.drop(refused);
			}
		}
		mail.earlier = new Map();
	}

	/** Mails that came of this one: both know it. */
	#relate(mail: Mail, event: EventView, time: number): void {
		const id = event.text("fields.new_queue_id");
		if (id !== undefined) {
			const kind = event.text("fields.daemon") === "local" ? "forward" : "notification";
			const other = this.#mails.withId(id) ?? this.#mails.begin(id, undefined, time);
			this.#mails.name(id, other, time);
			other.isLocal = true;
			mail.draft.relations.push({ kind, role: "result", id, event: event.id });
			other.draft.relations.push({ kind, role: "source", id: mail.queueId ?? "", event: event.id });
			return;
		}
		// A content filter gives the mail back: its reply is that of this Postfix.
		const again = this.#mails.withId(event.text("fields.queued_as") ?? "");
		if (again === undefined || again === mail) return;
		const ip = event.text("server.ip");
		// A server elsewhere may write any id into its reply.
		if (ip === undefined || (!isLoopback(ip) && again.client?.ip !== ip)) return;
		mail.draft.relations.push({ kind: "reinjection", role: "result", id: again.queueId ?? "", event: event.id });
		again.draft.relations.push({ kind: "reinjection", role: "source", id: mail.queueId ?? "", event: event.id });
	}

	/** A connection took one mail more than the log has of it: the only one without a client that began meanwhile. */
	#adopt(connection: Connection): void {
		if (!lacksOne(connection)) return;
		const [orphan, ...others] = [...this.#mails.of(this.#orphans)].filter((mail) => !isOwn(mail) && mail.begun >= connection.begin);
		if (orphan === undefined || others.length > 0) return;
		this.#orphans.delete(orphan.number);
		join(orphan, connection);
		connection.mails.add(orphan.number);
		connection.isEmpty = false;
	}

	/** Mails that the queue manager will not get end with their connection; `lacks`: what is missing when it has not ended. */
	#close(connection: Connection, time: number, lacks?: string): void {
		this.#adopt(connection);
		for (const mail of this.#mails.of(connection.mails)) {
			const isComing = takenMails(connection) !== 0 && mail.draft.ids("message_id").length > 0 && mail.decision === undefined;
			if (mail.taken === undefined && !isComing) this.#mails.end(mail, time);
		}
		for (const mail of this.#mails.of(connection.refused.values())) {
			if (lacks !== undefined) mail.draft.missing.push(lacks);
			this.#mails.end(mail, time);
		}
		connection.refused = new Map();
		if (connection.isEmpty && connection.frame.length > 0) this.#tell(connection, time, lacks);
	}

	/** A connection that brought nothing, or too much that says of no mail, has a hop of its own. */
	#tell(connection: Connection, time: number, lacks?: string): void {
		const mail = this.#mails.begin(undefined, connection, connection.frame[0]?.time ?? time);
		for (const [event, moment] of connection.pending.splice(0)) note(mail, viewOf(event), moment);
		if (lacks !== undefined) mail.draft.missing.push(lacks);
		this.#mails.end(mail, time);
	}

	#finish(mail: Mail): void {
		this.#mails.drop(mail);
		this.#orphans.delete(mail.number);
		mail.connection?.mails.delete(mail.number);
		this.#finishAll(mail.earlier.values());
		// Of a notification that is named alone the log tells nothing.
		if (!mail.draft.isEmpty) this.#emit(finish(mail));
	}
}

/** The server process that wrote a record. */
const processOf = ({ program, pid }: EventView): string => `${program}[${pid}]`;

export const trail = (emit: Emit, state?: TrackerState): Tracker => new PostfixTracker(emit, state);
