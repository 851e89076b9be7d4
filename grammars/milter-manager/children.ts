/**
 * Whose filter is a child? Its records name it by an id of its own. What ties it to a session is, from the surest on:
 * a record of the kind `[children]` that names both; a header that the child adds and the session passes on to the MTA with the same text;
 * the order of ids, as children get theirs right after the session, unless several sessions began at once.
 */
import { asItIs, type EventView, OpenTable, type TableState } from "../../src/format/api.js";

/** How many sessions of a process are remembered. */
const REMEMBERED = 1000;

/** A session has fewer children. */
const MOST_CHILDREN = 100;

/** Milliseconds in which the same header is told by a filter and by its session. */
const SAME_HEADER = 60_000;

/** Milliseconds after which nothing more is heard of a child. */
export const LONGEST = 3_600_000;

/** Ids of those who told a header, two of each at most: of more than one it is not known whose it was. */
interface Tellers {
	readonly children: number[];
	readonly sessions: number[];
}

export interface SavedChildren {
	readonly sessions: readonly number[];
	readonly parents: TableState<number, number>;
	readonly proven: TableState<number, readonly number[]>;
	readonly headers: TableState<string, Tellers>;
}

export class Children {
	/** Ids of sessions, in order. */
	#sessions: number[];
	readonly #parents: OpenTable<number, number>;
	/** Children of which anything but the order of ids tells the session. */
	readonly #proven: OpenTable<number, Set<number>>;
	readonly #headers: OpenTable<string, Tellers>;

	constructor(saved?: SavedChildren) {
		this.#sessions = [...(saved?.sessions ?? [])];
		this.#parents = OpenTable.load(saved?.parents, asItIs);
		this.#proven = OpenTable.load(saved?.proven, (children) => new Set(children));
		this.#headers = OpenTable.load(saved?.headers, copied);
	}

	save(): SavedChildren {
		return {
			sessions: [...this.#sessions],
			parents: this.#parents.save(asItIs),
			proven: this.#proven.save((children) => [...children]),
			headers: this.#headers.save(copied),
		};
	}

	/** A record of a session, with its tags. */
	addSession(id: number, event: EventView, tags: readonly string[], time: number): void {
		let at = this.#sessions.length;
		while (at > 0 && (this.#sessions[at - 1] ?? 0) > id) at--;
		if (this.#sessions[at - 1] !== id) this.#sessions.splice(at, 0, id);
		if (this.#sessions.length > 2 * REMEMBERED) this.#sessions = this.#sessions.slice(REMEMBERED);
		const child = tags[0] === "children" ? Number(event.text("milter.child_id")) : Number.NaN;
		if (Number.isSafeInteger(child)) this.#join(child, id, time);
		this.#tell("sessions", id, event, tags, time);
	}

	/** A record with an id that may be that of a child. */
	add(id: number, event: EventView, tags: readonly string[], time: number): void {
		this.#tell("children", id, event, tags, time);
	}

	#tell(side: keyof Tellers, id: number, event: EventView, tags: readonly string[], time: number): void {
		for (const table of [this.#parents, this.#proven]) for (const _ of table.expired(time - LONGEST));
		for (const _ of this.#headers.expired(time - SAME_HEADER));
		const name = event.text("milter.header.name");
		const value = name === undefined ? undefined : event.text("milter.header.value");
		if (name === undefined || value === undefined) return;
		const key = JSON.stringify([tags.slice(1), name, value]);
		const tellers = this.#headers.get(key) ?? { children: [], sessions: [] };
		this.#headers.set(key, tellers, time);
		if (tellers[side].length < 2 && !tellers[side].includes(id)) tellers[side].push(id);
		const [[child, ...others], [session, ...more]] = [tellers.children, tellers.sessions];
		if (child === undefined || session === undefined || session > child) return;
		if (others.length + more.length === 0) this.#join(child, session, time);
		else this.#part(child, session);
	}

	#join(child: number, session: number, time: number): void {
		this.#parents.set(child, session, time);
		this.#proven.set(session, (this.#proven.get(session) ?? new Set()).add(child), time);
	}

	#part(child: number, session: number): void {
		if (this.#parents.get(child) === session) this.#parents.delete(child);
		this.#proven.get(session)?.delete(child);
	}

	/** The children of a session among those heard of, and whether anything but the order of ids says so. */
	of(session: number, isHeard: (child: number) => boolean): { readonly own: readonly number[]; readonly isProven: boolean } {
		const proven = [...(this.#proven.get(session) ?? [])];
		const byOrder = this.#isAlone(session) ? this.#between(session).filter((id) => isHeard(id) && this.#parents.get(id) === undefined) : [];
		return { own: [...proven, ...byOrder].sort((left, right) => left - right), isProven: byOrder.length === 0 };
	}

	/** Ids between that of a session and that of the next one. */
	#between(session: number): number[] {
		const next = this.#sessions.find((other) => other > session) ?? Number.POSITIVE_INFINITY;
		return Array.from({ length: Math.min(next - session - 1, MOST_CHILDREN) }, (_, index) => session + 1 + index);
	}

	/** Sessions with ids in a row began before any of them had its children: those of which none is known may have each other's. */
	#isAlone(session: number): boolean {
		let earlier = session - 1;
		for (let at = this.#sessions.lastIndexOf(session) - 1; this.#sessions[at] === earlier; at--, earlier--)
			if ((this.#proven.get(earlier)?.size ?? 0) === 0) return false;
		return true;
	}
}

const copied = ({ children, sessions }: Tellers): Tellers => ({ children: [...children], sessions: [...sessions] });
