/** The sessions of milter manager: a connection of the MTA is one hop, with the records of its filters. */
import {
	asItIs,
	CLOSED_EARLY,
	type Emit,
	type EventView,
	type Filtering,
	HopDraft,
	MOST_OPEN,
	MOST_RECORDS,
	OpenTable,
	placeOf,
	stateKind,
	type TableState,
	type Tracker,
	type TrackerState,
} from "../../src/format/api.js";
import { Children, LONGEST, type SavedChildren } from "./children.js";

/** Milliseconds in which late records of filters come after the end of a session. */
const GRACE = 60_000;

/** Said when the order of ids is all that ties a filter to its session. */
const BY_ORDER = "what proves that the filters are its own: the order of ids says so";

/** Words of a session that are kept: filters may copy what senders wrote. */
const WORDS = 200;

/** What a hop needs of a record, with its place in the log. */
interface Said {
	readonly id: string;
	readonly time: number;
	readonly place: number;
	readonly messageIds: readonly string[];
	readonly words: readonly string[];
}

/** A process of the manager: ids begin with 1 in each. */
interface Process {
	readonly children: Children;
	/** Records by an id that may be that of a filter. */
	readonly others: OpenTable<number, Said[]>;
}

interface Session {
	/** Of its process. */
	readonly pid: string;
	readonly id: number;
	readonly records: Said[];
	begin?: number | undefined;
	/** How it ended: as a filter connection, without what its process knows. */
	end?: Pick<Filtering, "begin" | "end" | "end_line" | "verdict" | "stage"> | undefined;
	isQuarantined: boolean;
}

interface Saved {
	readonly processes: TableState<string, { readonly children: SavedChildren; readonly others: TableState<number, readonly Said[]> }>;
	readonly sessions: TableState<string, Session>;
	readonly ended: TableState<string, string>;
	readonly place: number;
}

const STATE = stateKind<Saved>("milter-manager", 1);

const STAGES: Readonly<Record<string, string>> = {
	connect: "connect",
	helo: "helo",
	"envelope-from": "mail",
	"envelope-recipient": "rcpt",
	data: "data",
	header: "data",
	"end-of-header": "data",
	body: "data",
	"end-of-message": "eom",
};

const VERDICTS: Readonly<Record<string, Filtering["verdict"]>> = {
	pass: "accept",
	accept: "accept",
	reject: "reject",
	"temporary-failure": "temporary_failure",
	discard: "discard",
	quarantine: "quarantine",
	abort: "abort",
};

/** Records of these kinds have the id of a session, others may have that of a filter. */
const OF_SESSION = new Set(["session", "children", "reply"]);

const newProcess = (): Process => ({ children: new Children(), others: new OpenTable() });

const keyOf = ({ pid, id }: Pick<Session, "pid" | "id">): string => `${pid} ${id}`;

const copied = (session: Session): Session => ({ ...session, records: [...session.records] });

class MilterManagerTracker implements Tracker {
	/** By process id. */
	readonly #processes: OpenTable<string, Process>;
	/** By process id and id. */
	readonly #sessions: OpenTable<string, Session>;
	/** Keys of sessions that have ended. */
	readonly #ended: OpenTable<string, string>;
	#place: number;
	readonly #emit: Emit;

	constructor(emit: Emit, state?: TrackerState) {
		this.#emit = emit;
		const saved = STATE.load(state);
		this.#processes = OpenTable.load(saved?.processes, ({ children, others }) => ({
			children: new Children(children),
			others: OpenTable.load(others, (records) => [...records]),
		}));
		this.#sessions = OpenTable.load(saved?.sessions, copied);
		this.#ended = OpenTable.load(saved?.ended, asItIs);
		this.#place = saved?.place ?? 0;
	}

	save(): TrackerState {
		return STATE.save({
			processes: this.#processes.save(({ children, others }) => ({
				children: children.save(),
				others: others.save((records) => [...records]),
			})),
			sessions: this.#sessions.save(copied),
			ended: this.#ended.save(asItIs),
			place: this.#place,
		});
	}

	add(event: EventView, time: number): void {
		this.#finishEnded(time - GRACE);
		const named = event.text("session_id");
		const id = Number(named);
		const tags = event.texts("tags");
		const [kind = "", word] = tags;
		// The launcher writes the id of a process there.
		if (named === undefined || !Number.isSafeInteger(id) || kind === "launcher") return;
		const pid = String(event.pid ?? "");
		const process = this.#process(pid, time);
		const record = saidBy(event, time, this.#place++);
		if (!OF_SESSION.has(kind)) {
			process.children.add(id, event, tags, time);
			for (const _ of process.others.expired(time - LONGEST));
			const said = process.others.get(id) ?? [];
			said.push(record);
			process.others.set(id, said, time);
			for (const _ of process.others.beyond(MOST_OPEN));
			return;
		}
		process.children.addSession(id, event, tags, time);
		const session = this.#session(pid, id, time);
		session.records.push(record);
		if (kind === "reply" && event.action === "message.quarantine") session.isQuarantined = true;
		if (kind === "session" && word === "start") session.begin = time;
		if (kind === "session" && (word === "end" || word === "disconnected")) {
			session.end = endOf(event, time, word);
			this.#ended.set(keyOf(session), keyOf(session), time);
		}
		if (session.records.length >= MOST_RECORDS) this.#finish(session, CLOSED_EARLY);
		for (const oldest of this.#sessions.beyond(MOST_OPEN)) this.#finish(oldest, CLOSED_EARLY);
	}

	expire(before: number): void {
		this.#finishEnded(before);
		for (const session of this.#sessions.expired(before)) this.#finish(session);
		for (const _ of this.#processes.expired(before));
	}

	end(): void {
		this.expire(Number.POSITIVE_INFINITY);
	}

	#process(pid: string, time: number): Process {
		const process = this.#processes.get(pid) ?? newProcess();
		this.#processes.set(pid, process, time);
		return process;
	}

	#session(pid: string, id: number, time: number): Session {
		const key = keyOf({ pid, id });
		const session: Session = this.#sessions.get(key) ?? { pid, id, records: [], isQuarantined: false };
		this.#sessions.set(key, session, time);
		return session;
	}

	#finishEnded(before: number): void {
		for (const key of this.#ended.expired(before)) {
			const session = this.#sessions.get(key);
			if (session !== undefined) this.#finish(session);
		}
	}

	/** `lacks`: what is missing when it has not ended. */
	#finish(session: Session, lacks = "its end"): void {
		const { pid, id, records, end, begin, isQuarantined } = session;
		const draft = new HopDraft();
		draft.identify("session_id", [String(id)]);
		const { children, others } = this.#processes.get(pid) ?? newProcess();
		const own = [...records, ...(others.delete(id) ?? [])];
		const { own: filters, isProven } = children.of(id, (child) => others.get(child) !== undefined);
		for (const child of filters) {
			const said = others.delete(child) ?? [];
			draft.identify("session_id", [String(child)]);
			own.push(...said);
		}
		// Records of a filter stand between those of its session.
		own.sort((left, right) => left.place - right.place);
		for (const record of own) {
			draft.note(record, record.time);
			draft.identify("message_id", record.messageIds);
		}
		const words = [...new Set(own.flatMap((record) => record.words))].slice(0, WORDS);
		draft.filterings.push({
			side: "filter",
			begin: end?.begin ?? begin,
			end: end?.end,
			series: pid,
			k: id,
			end_line: end?.end_line,
			verdict: isQuarantined ? "quarantine" : end?.verdict,
			stage: end?.stage,
			words,
		});
		if (end === undefined) draft.missing.push(lacks);
		if (!isProven) draft.missing.push(BY_ORDER);
		this.#sessions.delete(keyOf(session));
		this.#ended.delete(keyOf(session));
		this.#emit(draft.hop());
	}
}

const saidBy = (event: EventView, time: number, place: number): Said => ({
	id: event.id,
	time,
	place,
	messageIds: event.texts("message.message_ids"),
	words: wordsOf(event),
});

function endOf(event: EventView, end: number, word: string): NonNullable<Session["end"]> {
	const elapsed = event.number("milter.elapsed_seconds");
	return {
		begin: elapsed === undefined ? undefined : end - elapsed * 1000,
		end,
		end_line: placeOf(event),
		// The client was gone when the manager looked.
		verdict: word === "disconnected" ? "abort" : VERDICTS[event.text("milter.status") ?? ""],
		stage: STAGES[event.text("milter.state") ?? ""],
	};
}

/** What may be an id in a header that a filter added, in its reason, or in macros: words with a digit. */
function wordsOf(event: EventView): readonly string[] {
	const [header, id] = [event.text("milter.header.value"), event.text("message.queue_id")];
	if (header === undefined && id === undefined) return [];
	const words = [header, id].flatMap((text) => text?.match(/[A-Za-z0-9][A-Za-z0-9@._+-]{4,}/g) ?? []);
	return words.filter((word) => /\d/.test(word)).slice(0, WORDS);
}

export const trail = (emit: Emit, state?: TrackerState): Tracker => new MilterManagerTracker(emit, state);
