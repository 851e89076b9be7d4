/**
 * The mails of Postfix: a queue id is one hop, from its first record to "removed"; ids are used again afterwards.
 * Refusals without a queue id are told apart by the process of their connection and by sender.
 */
import { type Event, fieldText, type Hop, OpenTable, type Tracker } from "../../src/format/define.js";
import { Connection } from "./connection.js";
import { Mail, stageOf, verdictOf } from "./mail.js";

/** Milliseconds in which late records come after the end of a mail: "disconnect", those of another process. */
const GRACE = 60_000;

/** Mails of which the client is not in the log are kept in mind, the last ones. */
const MOST_ORPHANS = 100;

type Emit = (hop: Hop) => void;
type Word = (mail: Mail, event: Event, time: number) => void;

const refuse: Word = (mail, event, time) => mail.refuse(event, time);
const hold: Word = (mail, event, time) => mail.decide(event, time, "quarantined");
const discard: Word = (mail, event, time) => mail.decide(event, time, "discarded");
const defer: Word = (mail, event, time) => mail.deliver(event, time, "deferred");

/** By the code of a record, what it says of its mail. */
const WORDS: Readonly<Record<string, Word>> = {
	"smtpd/reject": refuse,
	"smtpd/proxy-reject": refuse,
	"milter/reject": refuse,
	"milter/header-reject": refuse,
	"cleanup/header-reject": refuse,
	"cleanup/body-reject": refuse,
	"cleanup/content-reject": refuse,
	"cleanup/mime-error": refuse,
	"cleanup/rejected": refuse,
	"cleanup/map-problem": refuse,
	"cleanup/write-error": refuse,
	"smtpd/hold": hold,
	"milter/hold": hold,
	"milter/header-hold": hold,
	"cleanup/header-hold": hold,
	"cleanup/body-hold": hold,
	"postsuper/hold": hold,
	"postsuper/released": (mail) => mail.release(),
	"smtpd/discard": discard,
	"milter/discard": discard,
	"milter/header-discard": discard,
	"cleanup/header-discard": discard,
	"cleanup/body-discard": discard,
	"delivery/sent": (mail, event, time) => {
		const isHandedOn =
			(event.server !== undefined && fieldText(event, "daemon") !== "lmtp") || fieldText(event, "new_queue_id") !== undefined;
		mail.deliver(event, time, fieldText(event, "daemon") === "discard" ? "discarded" : isHandedOn ? "handed_on" : "delivered");
	},
	"delivery/deferred": defer,
	"delivery/soft-bounce": defer,
	"delivery/bounced": (mail, event, time) => mail.deliver(event, time, "bounced"),
	"delivery/expired": (mail, event, time) => mail.giveUp(event, time, "expired"),
	"delivery/deliverable": (mail, event, time) => mail.deliver(event, time, "unknown"),
	"delivery/undeliverable": (mail, event, time) => mail.deliver(event, time, "unknown"),
	"delivery/unclear": (mail, event, time) => mail.deliver(event, time, "unknown"),
	"qmgr/removed": (mail, event, time) => {
		mail.removed = { event: event.id, time };
		if (fieldText(event, "daemon") !== "postsuper") return;
		// The operator removed it, with those who waited: no server has it.
		mail.giveUp(event, time, "discarded");
		mail.expected = 0;
	},
};

/** The queue manager has the mail: cleanup returns what it refuses without it. */
const isTaken = (event: Event): boolean =>
	event.code === "qmgr/active" || (event.code?.startsWith("delivery/") === true && fieldText(event, "daemon") !== "cleanup");

const LOOPBACK = /^(127\.|::1$)/;

/** Of the connection as a whole. */
const FRAME = new Set([
	"smtpd/connect",
	"smtpd/lost-connection",
	"smtpd/timeout",
	"smtpd/too-many-errors",
	"smtpd/local-error",
	"smtpd/disconnect",
]);
/** Without a queue id, these end a mail; what else is said before a queue id is about the next one. */
const REFUSALS = new Set(["smtpd/reject", "milter/reject"]);
/** A record of these is the first of its mail, also when the id is known: it is used again. */
const FIRST = new Set(["smtpd/client", "pickup/mail"]);

class PostfixTracker implements Tracker {
	readonly #connections = new OpenTable<string, Connection>();
	readonly #mails = new OpenTable<string, Mail>();
	/** Mails at their end. */
	readonly #ended = new OpenTable<Mail, Mail>();
	/** Open mails that may have come by a connection, of which the log does not say by which. */
	readonly #orphans = new Set<Mail>();
	/** Connections of each service. */
	readonly #counts = new Map<string, number>();
	#emit: Emit = () => undefined;

	add(event: Event, time: number, emit: Emit): void {
		this.#emit = emit;
		for (const mail of this.#ended.expired(time - GRACE)) this.#finish(mail);
		const id = event.message?.queue_id;
		if (id !== undefined) this.#addToMail(event, time, id);
		else if (fieldText(event, "daemon") === "smtpd" && event.client !== undefined) this.#addToConnection(event, time);
	}

	expire(before: number, emit: Emit): void {
		this.#emit = emit;
		for (const connection of this.#connections.expired(before)) this.#close(connection, connection.begin);
		for (const mail of this.#mails.expired(before)) this.#finish(mail);
		for (const mail of this.#ended.expired(before)) this.#finish(mail);
	}

	end(emit: Emit): void {
		this.expire(Number.POSITIVE_INFINITY, emit);
	}

	#addToConnection(event: Event, time: number): void {
		const name = `${event.program}[${event.pid}]`;
		let connection = this.#connections.get(name);
		if (event.code === "smtpd/connect") {
			if (connection !== undefined) this.#close(connection, time);
			const k = 1 + (this.#counts.get(event.program ?? "") ?? 0);
			this.#counts.set(event.program ?? "", k);
			connection = new Connection(event, time, k);
		}
		connection ??= new Connection(event, time);
		this.#connections.set(name, connection, time);
		if (FRAME.has(event.code ?? "")) {
			connection.frame.push([event, time]);
			for (const mail of [...connection.mails, ...connection.refused.values()]) mail.note(event, time);
		} else if (REFUSALS.has(event.code ?? "")) this.#say(this.#refused(connection, event, time), event, time);
		else connection.pending.push([event, time]);
		if (event.code === "smtpd/client") connection.begunMails++;
		if (event.code !== "smtpd/disconnect") return;
		connection.disconnect(event, time);
		this.#connections.delete(name);
		this.#close(connection, time);
	}

	/** The mail that a refusal without a queue id is about: recipients of one sender are one mail. */
	#refused(connection: Connection, event: Event, time: number): Mail {
		const stage = stageOf(event);
		const key = stage === "connect" || stage === "helo" ? "" : stage === "mail" ? event.id : `<${event.envelope?.from}>`;
		const mail = connection.refused.get(key) ?? new Mail(undefined, connection, time);
		connection.refused.set(key, mail);
		connection.isEmpty = false;
		for (const [before, moment] of connection.pending.splice(0)) mail.note(before, moment);
		return mail;
	}

	#addToMail(event: Event, time: number, id: string): void {
		let mail = this.#mails.get(id);
		if (mail !== undefined && FIRST.has(event.code ?? "")) {
			this.#finish(mail);
			mail = undefined;
		}
		mail ??= this.#begin(event, time, id);
		this.#mails.set(id, mail, time);
		this.#say(mail, event, time);
	}

	#begin(event: Event, time: number, id: string): Mail {
		const name = `${event.program}[${event.pid}]`;
		const connection = event.code === "smtpd/client" ? this.#connections.get(name) : undefined;
		const mail = new Mail(id, connection, time);
		mail.isLocal = event.code === "pickup/mail";
		mail.hasClient = event.code === "smtpd/client";
		const original = fieldText(event, "original_queue_id");
		if (original !== undefined) mail.draft.relations.push({ kind: "reinjection", role: "source", id: original, event: event.id });
		// One that came before the log began has no Message-ID in it.
		if (event.code === "cleanup/message-id") this.#orphans.add(mail);
		const [oldest] = this.#orphans;
		if (oldest !== undefined && this.#orphans.size > MOST_ORPHANS) this.#orphans.delete(oldest);
		if (connection === undefined) return mail;
		connection.begunMails++;
		this.#connections.set(name, connection, time);
		connection.mails.add(mail);
		connection.isEmpty = false;
		mail.earlier = connection.refused;
		connection.refused = new Map();
		for (const [before, moment] of connection.pending.splice(0)) this.#say(mail, before, moment);
		return mail;
	}

	#say(mail: Mail, event: Event, time: number): void {
		if (mail.taken === undefined && isTaken(event)) {
			// Of a delivery alone nobody knows when it was taken: after what was said before.
			mail.taken = event.code === "qmgr/active" || mail.draft.isEmpty ? time : mail.draft.end;
			mail.expected = Number(event.fields?.recipient_count ?? 0);
			mail.connection?.judge("accept", "eom");
			this.#ended.delete(mail);
		}
		mail.note(event, time);
		WORDS[event.code ?? ""]?.(mail, event, time);
		const verdict = verdictOf(event);
		if (verdict !== undefined) mail.connection?.judge(verdict, stageOf(event));
		this.#relate(mail, event, time);
		if (mail.draft.from !== undefined && mail.earlier.size > 0) this.#sort(mail, mail.draft.from, time);
		if (mail.removed !== undefined) this.#ended.set(mail, mail, time);
	}

	/** Refusals from before the queue id are of this mail when the sender is, else of another that never had one. */
	#sort(mail: Mail, sender: string, time: number): void {
		for (const [key, refused] of mail.earlier) {
			if (key === `<${sender}>`) mail.absorb(refused);
			else this.#ended.set(refused, refused, time);
		}
		mail.earlier = new Map();
	}

	/** Mails that came of this one: both know it. */
	#relate(mail: Mail, event: Event, time: number): void {
		const id = fieldText(event, "new_queue_id");
		if (id !== undefined) {
			const kind = fieldText(event, "daemon") === "local" ? "forward" : "notification";
			const other = this.#mails.get(id) ?? new Mail(id, undefined, time);
			this.#mails.set(id, other, time);
			other.isLocal = true;
			mail.draft.relations.push({ kind, role: "result", id, event: event.id });
			other.draft.relations.push({ kind, role: "source", id: mail.queueId ?? "", event: event.id });
			return;
		}
		// A content filter gives the mail back: its reply is that of this Postfix.
		const queuedAs = fieldText(event, "queued_as");
		const again = this.#mails.get(queuedAs ?? "");
		if (again === undefined || again === mail || event.server?.ip === undefined) return;
		// A server elsewhere may write any id into its reply.
		if (!LOOPBACK.test(event.server.ip) && again.client?.ip !== event.server.ip) return;
		mail.draft.relations.push({ kind: "reinjection", role: "result", id: again.queueId ?? "", event: event.id });
		again.draft.relations.push({ kind: "reinjection", role: "source", id: mail.queueId ?? "", event: event.id });
	}

	/** A connection took one mail more than the log has of it: the only one without a client that began meanwhile. */
	#adopt(connection: Connection): void {
		if (!connection.lacksOne) return;
		const [orphan, ...others] = [...this.#orphans].filter((mail) => !mail.isOwn && mail.begun >= connection.begin);
		if (orphan === undefined || others.length > 0) return;
		this.#orphans.delete(orphan);
		orphan.join(connection);
		connection.mails.add(orphan);
		connection.isEmpty = false;
	}

	/** Mails that the queue manager will not get end with their connection. */
	#close(connection: Connection, time: number): void {
		this.#adopt(connection);
		for (const mail of connection.mails) {
			const isComing = connection.takenMails !== 0 && mail.draft.ids("message_id").length > 0 && !mail.isDecided;
			if (mail.taken === undefined && !isComing) this.#ended.set(mail, mail, time);
		}
		for (const mail of connection.refused.values()) this.#ended.set(mail, mail, time);
		const [first] = connection.frame;
		if (!connection.isEmpty || first === undefined) return;
		const mail = new Mail(undefined, connection, first[1]);
		for (const [event, moment] of connection.pending) mail.note(event, moment);
		this.#ended.set(mail, mail, time);
	}

	#finish(mail: Mail): void {
		this.#ended.delete(mail);
		this.#orphans.delete(mail);
		if (mail.queueId !== undefined && this.#mails.get(mail.queueId) === mail) this.#mails.delete(mail.queueId);
		mail.connection?.mails.delete(mail);
		for (const other of mail.earlier.values()) this.#finish(other);
		// Of a notification that is named alone the log tells nothing.
		if (!mail.draft.isEmpty) this.#emit(mail.finish());
	}
}

export const trail = (): Tracker => new PostfixTracker();
