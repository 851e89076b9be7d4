/** What one host has of connections and filter sessions, and the same as plain data. */
import type { Filtering } from "../format/trail.js";
import { ContactTable, type ContactTableState } from "./contact-table.js";
import type { Contact } from "./contacts.js";
import { type Course, Ripening, type RipeningState } from "./course.js";
import type { Node } from "./nodes.js";
import type { LoadedNodes, NodeSaver } from "./saved-nodes.js";
import type { Evidence } from "./trail.js";

/** The connections of one host and the sessions of its filter. */
export class Host {
	readonly connections: ContactTable;
	readonly sessions: ContactTable;
	/** The sides that have a log. */
	readonly sides: Set<Filtering["side"]> = new Set<Filtering["side"]>();
	/** Hops that came before the other side was heard of. */
	readonly idle: Set<Node> = new Set<Node>();
	/** Came since the last alignment. */
	readonly fresh: Ripening<Contact>;

	constructor(course: Course, expiry: number) {
		this.connections = new ContactTable(course, expiry);
		this.sessions = new ContactTable(course, expiry);
		this.fresh = new Ripening(course);
	}
}

interface SavedContact {
	readonly filtering: Filtering;
	/** Numbers of hops. */
	readonly nodes: readonly number[];
	readonly isRipe: boolean;
	readonly begin: number;
	readonly end?: number | undefined;
	readonly words: readonly string[];
	readonly joined?: { readonly session?: number | undefined; readonly evidence: Evidence[]; readonly confidence: number } | undefined;
}

export interface HostState {
	readonly sides: readonly Filtering["side"][];
	/** Numbers of hops. */
	readonly idle: readonly number[];
	/** What the tables and `fresh` name by place. */
	readonly contacts: readonly SavedContact[];
	readonly connections: ContactTableState;
	readonly sessions: ContactTableState;
	readonly fresh: RipeningState<number>;
}

export function saveHost({ sides, idle, connections, sessions, fresh }: Host, nodes: NodeSaver): HostState {
	const places = new Map<Contact, number>();
	const place = (contact: Contact): number => {
		const known = places.get(contact) ?? places.size;
		places.set(contact, known);
		return known;
	};
	const tables = { connections: connections.save(place), sessions: sessions.save(place), fresh: fresh.save(place) };
	return {
		sides: [...sides],
		idle: Array.from(idle, (node) => nodes.node(node)),
		contacts: Array.from(places.keys(), ({ filtering, nodes: own, isRipe, begin, end, words, joined }) => ({
			filtering,
			nodes: Array.from(own, (node) => nodes.node(node)),
			isRipe,
			begin,
			end,
			words: [...words],
			joined: joined && { ...joined, session: joined.session && nodes.node(joined.session) },
		})),
		...tables,
	};
}

export function loadHost(host: Host, state: HostState, nodes: LoadedNodes): void {
	const contacts = state.contacts.map((saved): Contact => {
		const { filtering, isRipe, begin, end, joined } = saved;
		const own = new Set(saved.nodes.map((number) => nodes.node(number)));
		const contact: Contact = { filtering, nodes: own, isRipe, begin, end, words: new Set(saved.words) };
		const session = joined?.session === undefined ? undefined : nodes.node(joined.session);
		if (joined !== undefined) contact.joined = { session, evidence: joined.evidence, confidence: joined.confidence };
		return contact;
	});
	const at = (place: number): Contact => contacts[place] as Contact;
	for (const side of state.sides) host.sides.add(side);
	for (const number of state.idle) host.idle.add(nodes.node(number));
	host.connections.load(state.connections, at);
	host.sessions.load(state.sessions, at);
	host.fresh.load(state.fresh, at);
}
