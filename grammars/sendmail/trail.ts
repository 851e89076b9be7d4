/** The mails of sendmail: a queue id is one hop. Submission (MSP) and MTA have ids of their own, which its reply joins. */
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
import { finish, isThrough, loadMail, type Mail, newMail, note, type SavedMail, saveMail, WORDS } from "./mail.js";

/** Milliseconds in which late records come after the last recipient is done: notifications, those of aliases. */
const GRACE = 300_000;

/** In the reply of a sendmail. */
const TAKEN = /^(\w+) Message accepted for delivery$/;

interface Saved {
	readonly mails: TableState<string, SavedMail>;
	readonly ended: TableState<string, string>;
}

const STATE = stateKind<Saved>("sendmail", 1);

class SendmailTracker implements Tracker {
	/** By queue id. */
	readonly #mails: OpenTable<string, Mail>;
	/** Queue ids of those that are through. */
	readonly #ended: OpenTable<string, string>;

	/** Takes a hop that is complete. */
	readonly #emit: Emit;

	constructor(emit: Emit, state?: TrackerState) {
		this.#emit = emit;
		const saved = STATE.load(state);
		this.#mails = OpenTable.load(saved?.mails, loadMail);
		this.#ended = OpenTable.load(saved?.ended, (id) => id);
	}

	save(): TrackerState {
		return STATE.save({ mails: this.#mails.save(saveMail), ended: this.#ended.save((id) => id) });
	}

	add(event: EventView, time: number): void {
		for (const id of this.#ended.expired(time - GRACE)) this.#finish(id);
		const id = event.text("message.queue_id");
		if (id === undefined) return;
		const mail = this.#mails.get(id) ?? newMail(id, time);
		this.#mails.set(id, mail, time);
		note(mail, event, time);
		WORDS[event.code ?? ""]?.(mail, event, time);
		this.#relate(mail, event, time);
		if (isThrough(mail)) this.#ended.set(id, id, time);
		else this.#ended.delete(id);
	}

	expire(before: number): void {
		for (const id of this.#ended.expired(before)) this.#finish(id);
		for (const mail of this.#mails.expired(before)) this.#tell(mail);
	}

	end(): void {
		this.expire(Number.POSITIVE_INFINITY);
	}

	/** Mails that came of this one, and the one that the MTA on the same host took from the MSP: both know it. */
	#relate(mail: Mail, event: EventView, time: number): void {
		const other = event.text("fields.other_queue_id");
		if (other !== undefined) {
			const kind = event.code === "message/clone" || event.code === "message/split" ? "forward" : "notification";
			const made = this.#mails.get(other) ?? newMail(other, time);
			this.#mails.set(other, made, time);
			made.isLocal = true;
			mail.draft.relations.push({ kind, role: "result", id: other, event: event.id });
			made.draft.relations.push({ kind, role: "source", id: mail.queueId, event: event.id });
			return;
		}
		if (event.code !== "delivery/sent") return;
		const [, taken = ""] = TAKEN.exec(event.text("smtp.text") ?? "") ?? [];
		const again = this.#mails.get(taken);
		const ip = event.text("server.ip");
		// A server elsewhere may write any id into its reply.
		if (again === undefined || again === mail || ip === undefined || !(isLoopback(ip) || again.client?.ip === ip)) return;
		mail.draft.relations.push({ kind: "resubmission", role: "result", id: taken, event: event.id });
		again.draft.relations.push({ kind: "resubmission", role: "source", id: mail.queueId, event: event.id });
	}

	#finish(id: string): void {
		const mail = this.#mails.delete(id);
		if (mail !== undefined) this.#tell(mail);
	}

	/** A session that judged no sender and no recipient had no mail. */
	#tell(mail: Mail): void {
		if (mail.isMail || mail.draft.relations.length > 0) this.#emit(finish(mail));
	}
}

export const trail = (emit: Emit, state?: TrackerState): Tracker => new SendmailTracker(emit, state);
