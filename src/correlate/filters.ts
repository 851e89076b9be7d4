/**
 * Joins connections of an MTA with sessions of its mail filter. They share no id unless a header or a reason quotes one, but both number them in
 * the same order, and both know when they began and ended, and how.
 */
import type { Filtering } from "../format/trail.js";
import type { Clocks } from "./clocks.js";
import { ContactTable } from "./contact-table.js";
import { type Contact, evidenceOf, type Matched, match, matchByWords, PROVEN, REACH } from "./contacts.js";
import type { Link, Node } from "./nodes.js";
import type { Evidence } from "./trail.js";

const MOST_CONFIDENT = 0.995;
const MOST_UNPROVEN = 0.49;
/** Candidates told for one hop. */
const MOST_RIVALS = 5;

/** The connections of one host and the sessions of its filter. */
class Host {
	readonly connections = new ContactTable();
	readonly sessions = new ContactTable();
	/** Came since the last alignment. */
	fresh: Contact[] = [];
}

export class Filters {
	readonly #clocks: Clocks;
	readonly #accept: (link: Link) => void;
	readonly #hosts = new Map<string, Host>();

	constructor(clocks: Clocks, accept: (link: Link) => void) {
		this.#clocks = clocks;
		this.#accept = accept;
	}

	add(node: Node): void {
		for (const filtering of node.hop.filterings) {
			const host = this.#hosts.get(node.layer.host) ?? new Host();
			this.#hosts.set(node.layer.host, host);
			const contacts = tableOf(host, filtering);
			const key = keyOf(node, filtering);
			const known = contacts.get(key);
			const contact = known ?? this.#contact(node, filtering);
			if (contact === undefined) continue;
			if (known === undefined) contacts.add(key, contact);
			const session = contact.joined?.nodes[0];
			// Another mail of a connection that is known already.
			if (contact.joined !== undefined && session !== undefined) this.#link(node, session, contact.joined);
			else contact.nodes.push(node);
			for (const word of [...filtering.words, ...(filtering.side === "mta" ? node.hop.ids.queue_id : [])]) contact.words.add(word);
			if (known === undefined) host.fresh.push(contact);
		}
	}

	#contact(node: Node, filtering: Filtering): Contact | undefined {
		const corrected = (time: number | undefined): number | undefined =>
			time === undefined ? undefined : this.#clocks.corrected(node.layer.host, time);
		const [begin, end] = [corrected(filtering.begin), corrected(filtering.end)];
		const first = begin ?? end;
		return first === undefined ? undefined : { filtering, nodes: [], begin: first, end, words: new Set() };
	}

	/** Aligns what ended until a corrected time. */
	judge(until: number): void {
		for (const host of this.#hosts.values()) {
			const fresh = host.fresh.filter((contact) => (contact.end ?? contact.begin) <= until);
			host.fresh = host.fresh.filter((contact) => (contact.end ?? contact.begin) > until);
			if (fresh.length > 0) this.#align(host, fresh, until);
		}
	}

	#align(host: Host, fresh: readonly Contact[], until: number): void {
		const spans = spansOf(fresh);
		const open = (contacts: ContactTable): Contact[] => contacts.open(spans).filter(({ begin, end = begin }) => end <= until);
		const [connections, sessions] = [open(host.connections), open(host.sessions)];
		const isSorted = [...connections, ...sessions].some(({ nodes }) => nodes[0]?.layer.isSorted === true);
		for (const matched of isSorted ? matchByWords(connections, sessions) : match(connections, sessions))
			if (matched.probability >= PROVEN) this.#join(matched);
			else suspect(matched);
	}

	#join({ connection, session, probability }: Matched): void {
		const how = { evidence: evidenceOf(connection, session), confidence: Math.min(MOST_CONFIDENT, probability) };
		connection.joined = { nodes: session.nodes, ...how };
		session.joined = { nodes: [], ...how };
		for (const from of connection.nodes.splice(0)) for (const to of session.nodes) this.#link(from, to, how);
	}

	#link(from: Node, to: Node, { evidence, confidence }: { readonly evidence: Evidence[]; readonly confidence: number }): void {
		const link: Link = { from, to, kind: "filter", evidence, confidence, events: [] };
		for (const { filterLinks, face } of [from, to]) {
			filterLinks.push(link);
			face.isFiltered = true;
		}
		this.#accept(link);
	}

	/** A hop that was written is joined no more. A session is: it stands in the trails of its mails. */
	drop(node: Node): void {
		const host = this.#hosts.get(node.layer.host);
		if (host === undefined) return;
		for (const filtering of node.hop.filterings) {
			const [contacts, key] = [tableOf(host, filtering), keyOf(node, filtering)];
			const { nodes = [], joined } = contacts.get(key) ?? {};
			const index = nodes.indexOf(node);
			if (joined !== undefined || index < 0) continue;
			nodes.splice(index, 1);
			if (nodes.length === 0) contacts.delete(key);
		}
	}

	/** Forgets what began before a corrected time; what is joined has another, as more mails of the same connection may come. */
	forget(before: number, joinedBefore: number): void {
		for (const { connections, sessions } of this.#hosts.values())
			for (const contacts of [connections, sessions]) contacts.forget(before, joinedBefore);
	}
}

const tableOf = ({ connections, sessions }: Host, { side }: Filtering): ContactTable => (side === "mta" ? connections : sessions);

const keyOf = ({ layer }: Node, { series, k, begin, end }: Filtering): string => `${layer.key}\n${series}\n${k}\n${begin ?? end}`;

/** Times around contacts, as few as cover them. */
function spansOf(contacts: readonly Contact[]): [number, number][] {
	const spans: [number, number][] = [];
	for (const { begin } of [...contacts].sort((a, b) => a.begin - b.begin)) {
		const last = spans.at(-1);
		if (last !== undefined && begin - REACH <= last[1]) last[1] = begin + REACH;
		else spans.push([begin - REACH, begin + REACH]);
	}
	return spans;
}

function suspect({ connection, session, probability }: Matched): void {
	const evidence = evidenceOf(connection, session);
	const confidence = Math.min(MOST_UNPROVEN, probability);
	const add = (node: Node, other: Node, direction: "previous" | "next"): void => {
		if (node.filterRivals.length < MOST_RIVALS) node.filterRivals.push({ other: other.face, direction, evidence, confidence });
	};
	for (const before of connection.nodes)
		for (const behind of session.nodes) {
			add(before, behind, "next");
			add(behind, before, "previous");
		}
}
