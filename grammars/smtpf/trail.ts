/**
 * The mails of smtpf: a transaction is one hop, and a session without any is one, too. What the log says of the session
 * (#637, #721) belongs to all its transactions: they are told when it ends.
 */
import {
	CLOSED_EARLY,
	completed,
	type Emit,
	type Endpoint,
	type EventPart,
	type EventView,
	endpoint,
	HopDraft,
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
	add,
	finish,
	isForwarded,
	loadTransaction,
	newTransaction,
	READ,
	type SavedTransaction,
	saveTransaction,
	type Transaction,
	type Word,
	wordOf,
} from "./transaction.js";

type Timed = readonly [event: EventPart, time: number];
/** A record that tells no more than that it is there. */
interface Noted {
	readonly id: string;
	readonly time: number;
}

const MAIL = new Set(["717", "sender_unnumbered"]);
const START = new Set(["637", "929", "start_unnumbered"]);
const END = new Set(["721", "end_unnumbered"]);

interface SavedSession {
	readonly id: string;
	readonly transactions: readonly SavedTransaction[];
	readonly start: readonly Noted[];
	readonly pending: readonly Timed[];
	readonly client: Endpoint;
	readonly last?: Word | undefined;
	readonly records: number;
}

class Session {
	readonly #id: string;
	readonly #transactions: Transaction[] = [];
	/** By id, the first of each. */
	readonly #named = new Map<string, Transaction>();
	/** How the session began. */
	readonly #start: Noted[] = [];
	/** What belongs to no transaction so far: the next MAIL command or the end of the session shows it. */
	#pending: Timed[] = [];
	#client: Endpoint = {};
	#last: Word | undefined;
	/** Mails that its end counts as forwarded. */
	#forwarded = 0;
	/** So many records are part of it. */
	#records = 0;
	isEnded = false;

	constructor(id: string) {
		this.#id = id;
	}

	static load({ id, transactions, start, pending, client, last, records }: SavedSession): Session {
		const session = new Session(id);
		for (const one of transactions) {
			session.#transactions.push(loadTransaction(one));
			session.#name();
		}
		session.#start.push(...start);
		session.#pending.push(...pending);
		session.#client = client;
		session.#last = last;
		session.#records = records;
		return session;
	}

	/** One that has not ended. */
	save(): SavedSession {
		return {
			id: this.#id,
			transactions: this.#transactions.map(saveTransaction),
			start: [...this.#start],
			pending: [...this.#pending],
			client: this.#client,
			last: this.#last,
			records: this.#records,
		};
	}

	get isLong(): boolean {
		return this.#records >= MOST_RECORDS;
	}

	/** What follows of the same session, when this one is too long to wait for its end. */
	rest(): Session {
		const rest = new Session(this.#id);
		rest.#start.push(...this.#start);
		rest.#client = this.#client;
		return rest;
	}

	add(event: EventView, time: number): void {
		this.#records++;
		const code = event.code ?? "";
		const isEnd = END.has(code);
		const current = this.#transactions.at(-1);
		const named = event.text("message.transaction_id");
		const isCurrent = named === undefined || current?.id === undefined || current.id === named;
		const transaction = isCurrent ? current : this.#named.get(named);
		const word = wordOf(event, time);
		this.#last = word;
		this.#meet(event);
		// One that was not named before began in a record that the log lost.
		if (MAIL.has(code) || (named !== undefined && transaction === undefined)) this.#begin(event, word);
		else if (isEnd) for (const each of this.#transactions) add(each, event, word);
		else if (START.has(code)) this.#start.push({ id: event.id, time });
		else if (transaction !== undefined && (named !== undefined || transaction.end === undefined)) add(transaction, event, word);
		else this.#pending.push([keep(event, READ), time]);
		if (isEnd && this.#transactions.length === 0) this.#pending.push([keep(event, READ), time]);
		this.#name();
		this.isEnded = isEnd;
		if (isEnd) this.#forwarded = event.number("fields.messages_forwarded") ?? 0;
	}

	/** `lacks`: what is missing when it has not ended. */
	finish(emit: Emit, lacks: string): void {
		const last = this.#last;
		const missing = this.isEnded ? [] : [lacks];
		if (this.#transactions.length === 0) {
			const noted = [...this.#start, ...this.#pending.map(([{ id }, time]) => ({ id, time }))];
			const [first] = noted;
			// The library counts sockets that failed as sessions, too.
			if (first === undefined || this.#client.ip === undefined) return;
			const draft = new HopDraft();
			draft.identify("session_id", [this.#id]);
			for (const record of noted) draft.note(record, record.time);
			draft.missing.push(...missing);
			draft.arrival = { time: draft.end, begun: first.time, client: this.#client, server: {}, isAccepted: false, told: [] };
			return emit(draft.hop());
		}
		const newest = this.#transactions.at(-1);
		if (newest !== undefined) for (const [event, time] of this.#pending) addKept(newest, event, time);
		if (last === undefined) return;
		// The end counts the mails that were forwarded.
		const hasLostAnswers = this.#forwarded > this.#transactions.filter(isForwarded).length;
		for (const transaction of this.#transactions) {
			transaction.draft.missing.push(...missing);
			emit(finish(transaction, last, this.#client, this.isEnded, hasLostAnswers));
		}
	}

	#begin(event: EventView, word: Word): void {
		const transaction = newTransaction(this.#id, word.time);
		for (const record of this.#start) transaction.draft.note(record, record.time);
		for (const [earlier, moment] of this.#pending) addKept(transaction, earlier, moment);
		add(transaction, event, word);
		this.#pending = [];
		this.#transactions.push(transaction);
	}

	/** Finds the last transaction by its id from now on. */
	#name(): void {
		const last = this.#transactions.at(-1);
		if (last?.id !== undefined && !this.#named.has(last.id)) this.#named.set(last.id, last);
	}

	/** The client as each record shows it: #637 has the port, #721 the HELO name; after XCLIENT the last address is the true one. */
	#meet(event: EventView): void {
		if (event.has("client")) this.#client = completed(endpoint(event, "client"), this.#client);
	}
}

function addKept(transaction: Transaction, kept: EventPart, time: number): void {
	const event = viewOf(kept);
	add(transaction, event, wordOf(event, time));
}

interface Saved {
	readonly sessions: TableState<string, SavedSession>;
}

const STATE = stateKind<Saved>("smtpf", 2);

class SmtpfTracker implements Tracker {
	readonly #sessions: OpenTable<string, Session>;
	readonly #emit: Emit;

	constructor(emit: Emit, state?: TrackerState) {
		this.#emit = emit;
		this.#sessions = OpenTable.load(STATE.load(state)?.sessions, Session.load);
	}

	save(): TrackerState {
		return STATE.save({ sessions: this.#sessions.save((session) => session.save()) });
	}

	add(event: EventView, time: number): void {
		const id = event.text("session_id");
		// `0` is no session.
		if (id === undefined || id === "0") return;
		const session = this.#sessions.get(id) ?? new Session(id);
		this.#sessions.set(id, session, time);
		session.add(event, time);
		if (session.isEnded) {
			this.#sessions.delete(id);
			session.finish(this.#emit, "");
		} else if (session.isLong) {
			this.#sessions.set(id, session.rest(), time);
			session.finish(this.#emit, CLOSED_EARLY);
		}
		for (const oldest of this.#sessions.beyond(MOST_OPEN)) oldest.finish(this.#emit, CLOSED_EARLY);
	}

	expire(before: number): void {
		for (const session of this.#sessions.expired(before)) session.finish(this.#emit, "its end");
	}

	end(): void {
		this.expire(Number.POSITIVE_INFINITY);
	}
}

export const trail = (emit: Emit, state?: TrackerState): Tracker => new SmtpfTracker(emit, state);
