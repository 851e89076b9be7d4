/**
 * The messages of Exim: an id is one hop, from "<=" to "Completed". Refusals without an id are told apart by the process, else by the connection, else by
 * client and sender; those of a message that is then accepted belong to it.
 */
import {
	type Emit,
	type EventView,
	isLoopback,
	OpenTable,
	stateKind,
	type TableState,
	type Tracker,
	type TrackerState,
} from "../../src/format/api.js";
import { arrive, finish, loadMail, type Mail, newMail, refuse, type SavedMail, saveMail } from "./mail.js";
import { END, REFUSALS, WORDS } from "./words.js";

/** Milliseconds after the last word on a refused message. */
const GRACE = 60_000;

/** Where neither process nor port tells the connection, a refusal belongs to a message of the same client and sender that comes so soon. */
const SOON = 0;

interface Refusal {
	readonly mail: Mail;
	/** Time of the last of them. */
	last: number;
	/** The key names the connection. */
	readonly isSure: boolean;
}

interface Saved {
	readonly mails: TableState<string, SavedMail>;
	readonly refusals: TableState<string, Omit<Refusal, "mail"> & { readonly mail: SavedMail }>;
	readonly ended: TableState<string, string>;
}

const STATE = stateKind<Saved>("exim", 1);

class EximTracker implements Tracker {
	/** By message id. */
	readonly #mails: OpenTable<string, Mail>;
	/** By connection and sender. */
	readonly #refusals: OpenTable<string, Refusal>;
	/** Ids of messages that were refused: nothing more is awaited but what another file says of the same. */
	readonly #ended: OpenTable<string, string>;
	/** Takes a hop that is complete. */
	readonly #emit: Emit;

	constructor(emit: Emit, state?: TrackerState) {
		this.#emit = emit;
		const saved = STATE.load(state);
		this.#mails = OpenTable.load(saved?.mails, loadMail);
		this.#refusals = OpenTable.load(saved?.refusals, ({ mail, ...rest }) => ({ ...rest, mail: loadMail(mail) }));
		this.#ended = OpenTable.load(saved?.ended, (id) => id);
	}

	save(): TrackerState {
		const refusals = this.#refusals.save(({ mail, ...rest }) => ({ ...rest, mail: saveMail(mail) }));
		return STATE.save({ mails: this.#mails.save(saveMail), refusals, ended: this.#ended.save((id) => id) });
	}

	add(event: EventView, time: number): void {
		this.#giveUp(time - GRACE);
		const id = event.text("message.queue_id");
		if (id !== undefined) this.#addToMail(event, time, id);
		else if (event.code !== undefined && event.code in REFUSALS && event.has("client")) this.#addRefusal(event, time, event.code);
	}

	expire(before: number): void {
		this.#giveUp(before);
		for (const mail of this.#mails.expired(before)) this.#finish(mail);
	}

	end(): void {
		this.expire(Number.POSITIVE_INFINITY);
	}

	#giveUp(before: number): void {
		for (const { mail } of this.#refusals.expired(before)) this.#finish(mail);
		for (const id of this.#ended.expired(before)) this.#finish(this.#mails.delete(id));
	}

	#finish(mail: Mail | undefined): void {
		if (mail === undefined) return;
		if (mail.id !== undefined) this.#ended.delete(mail.id);
		this.#emit(finish(mail));
	}

	#addRefusal(event: EventView, time: number, code: string): void {
		const { key, isSure } = connectionOf(event);
		const name = `${key} <${event.text("envelope.from") ?? ""}>`;
		const known = this.#refusals.get(name);
		// Later ones are of another message.
		const isOver = known !== undefined && !known.isSure && time - known.last > SOON;
		if (isOver) this.#finish(this.#refusals.delete(name)?.mail);
		const refusal = isOver || known === undefined ? { mail: newMail(undefined), last: time, isSure } : known;
		refusal.last = time;
		this.#refusals.set(name, refusal, time);
		refusal.mail.draft.note(event, time);
		refuse(refusal.mail, event, time, REFUSALS[code] ?? "unknown");
	}

	#addToMail(event: EventView, time: number, id: string): void {
		const mail = this.#mails.get(id) ?? newMail(id);
		this.#mails.set(id, mail, time);
		mail.draft.note(event, time);
		const code = event.code ?? "";
		if (code === "message/arrived" || code === "message/fake-rejected") this.#arrive(mail, event, time);
		else if (code in REFUSALS) {
			refuse(mail, event, time, REFUSALS[code] ?? "unknown");
			this.#ended.set(id, id, time);
		}
		WORDS[code]?.(mail, event, time);
		this.#relateReply(mail, event);
		if (code !== END) return;
		mail.isCompleted = true;
		this.#mails.delete(id);
		this.#finish(mail);
	}

	#arrive(mail: Mail, event: EventView, time: number): void {
		arrive(mail, event, time);
		const reference = event.text("fields.reference");
		if (reference !== undefined) this.#relate(mail, reference, "notification", event.id);
		const { key, isSure } = connectionOf(event);
		const name = `${key} <${mail.draft.from ?? ""}>`;
		const refusal = this.#refusals.get(name);
		if (refusal === undefined || !event.has("client") || (!isSure && time - refusal.last > SOON)) return;
		this.#refusals.delete(name);
		mail.draft.absorb(refusal.mail.draft);
	}

	/** This message came of another one. */
	#relate(mail: Mail, source: string, kind: "notification" | "reinjection", event: string): void {
		mail.draft.relations.push({ kind, role: "source", id: source, event });
		this.#mails.get(source)?.draft.relations.push({ kind, role: "result", id: mail.id ?? "", event });
	}

	/** A content filter gives the message back: its reply is that of this Exim. */
	#relateReply(mail: Mail, event: EventView): void {
		if (!isLoopback(event.text("server.ip") ?? "")) return;
		const [, id = ""] = /\bOK id=([\w-]+)/.exec(event.text("smtp.text") ?? "") ?? [];
		const again = this.#mails.get(id);
		if (again !== undefined && again !== mail) this.#relate(again, mail.id ?? "", "reinjection", event.id);
	}
}

/** What tells a connection: a process serves one; a client has one from each of its ports. */
function connectionOf(event: EventView): { readonly key: string; readonly isSure: boolean } {
	const port = event.number("client.port");
	const key = [event.text("client.ip"), port ?? event.text("client.helo"), event.pid].join(" ");
	return { key, isSure: event.pid !== undefined || port !== undefined };
}

export const trail = (emit: Emit, state?: TrackerState): Tracker => new EximTracker(emit, state);
