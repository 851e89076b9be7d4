/**
 * The mails of smtpf: a transaction is one hop, and a session without any is one, too. What the log says of the session
 * (#637, #721) belongs to all its transactions: they are told when it ends.
 */
import { type Endpoint, type Event, endpoint, type Hop, HopDraft, OpenTable, type Tracker } from "../../src/format/define.js";
import { type Timed, Transaction } from "./transaction.js";

type Emit = (hop: Hop) => void;

const MAIL = new Set(["717", "sender_unnumbered"]);
const START = new Set(["637", "929", "start_unnumbered"]);
const END = new Set(["721", "end_unnumbered"]);

class Session {
	readonly #id: string;
	readonly #transactions: Transaction[] = [];
	/** By id, the first of each. */
	readonly #named = new Map<string, Transaction>();
	/** How the session began, and what belongs to no transaction so far: the next MAIL command or the end of the session shows it. */
	readonly #start: Timed[] = [];
	#pending: Timed[] = [];
	#client: Endpoint = {};
	#last: Timed;
	isEnded = false;

	constructor(id: string, event: Event, time: number) {
		this.#id = id;
		this.#last = [event, time];
	}

	add(event: Event, time: number): void {
		const isEnd = END.has(event.code ?? "");
		const current = this.#transactions.at(-1);
		const named = event.message?.transaction_id;
		const isCurrent = named === undefined || current?.id === undefined || current.id === named;
		const transaction = isCurrent ? current : this.#named.get(named);
		this.#last = [event, time];
		this.#meet(event);
		// One that was not named before began in a record that the log lost.
		if (MAIL.has(event.code ?? "") || (named !== undefined && transaction === undefined)) this.#begin(event, time);
		else if (isEnd) for (const each of this.#transactions) each.add(event, time);
		else if (START.has(event.code ?? "")) this.#start.push([event, time]);
		else if (transaction !== undefined && (named !== undefined || !transaction.isAnswered)) transaction.add(event, time);
		else this.#pending.push([event, time]);
		if (isEnd && this.#transactions.length === 0) this.#pending.push([event, time]);
		const last = this.#transactions.at(-1);
		if (last?.id !== undefined && !this.#named.has(last.id)) this.#named.set(last.id, last);
		this.isEnded = isEnd;
	}

	finish(emit: Emit): void {
		const missing = this.isEnded ? [] : ["its end"];
		const [first] = [...this.#start, ...this.#pending];
		if (this.#transactions.length === 0) {
			// The library counts sockets that failed as sessions, too.
			if (first === undefined || this.#client.ip === undefined) return;
			const draft = new HopDraft();
			draft.identify("session_id", [this.#id]);
			for (const [event, time] of [...this.#start, ...this.#pending]) draft.note(event, time);
			draft.missing.push(...missing);
			draft.arrival = { time: draft.end, begun: first[1], client: this.#client, server: {}, isAccepted: false, told: [] };
			return emit(draft.hop());
		}
		for (const [event, time] of this.#pending) this.#transactions.at(-1)?.add(event, time);
		// The end counts the mails that were forwarded.
		const hasLostAnswers =
			Number(this.#last[0].fields?.messages_forwarded ?? 0) > this.#transactions.filter(({ isForwarded }) => isForwarded).length;
		for (const transaction of this.#transactions) {
			transaction.draft.missing.push(...missing);
			emit(transaction.finish(this.#last, this.#client, this.isEnded, hasLostAnswers));
		}
	}

	#begin(event: Event, time: number): void {
		const transaction = new Transaction(this.#id, event, time, [...this.#start, ...this.#pending]);
		this.#pending = [];
		this.#transactions.push(transaction);
	}

	/** The client as each record shows it: #637 has the port, #721 the HELO name; after XCLIENT the last address is the true one. */
	#meet({ client }: Event): void {
		if (client === undefined) return;
		const { ip, port, host, helo } = endpoint(client);
		const isOther = ip !== undefined && this.#client.ip !== undefined && ip !== this.#client.ip;
		const known = isOther ? {} : this.#client;
		this.#client = { ip: ip ?? known.ip, port: port ?? known.port, host: host ?? known.host, helo: helo ?? known.helo };
	}
}

class SmtpfTracker implements Tracker {
	readonly #sessions = new OpenTable<string, Session>();

	add(event: Event, time: number, emit: Emit): void {
		const id = event.session_id;
		// `0` is no session.
		if (id === undefined || id === "0") return;
		const session = this.#sessions.get(id) ?? new Session(id, event, time);
		this.#sessions.set(id, session, time);
		session.add(event, time);
		if (!session.isEnded) return;
		this.#sessions.delete(id);
		session.finish(emit);
	}

	expire(before: number, emit: Emit): void {
		for (const session of this.#sessions.expired(before)) session.finish(emit);
	}

	end(emit: Emit): void {
		this.expire(Number.POSITIVE_INFINITY, emit);
	}
}

export const trail = (): Tracker => new SmtpfTracker();
