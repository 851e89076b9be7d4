/**
 * Joins connections of an MTA with sessions of its mail filter. They share no id unless a header or a reason quotes one, but both number them in
 * the same order, and both know when they began and ended, and how.
 */
import type { Filtering } from "../format/trail.js";
import type { Clocks } from "./clocks.js";
import { ContactTable } from "./contact-table.js";
import { type Contact, evidenceOf, firstOf, type Matched, match, matchByWords, PROVEN, REACH } from "./contacts.js";
import { type Course, GRACE, Ripening } from "./course.js";
import type { Link, Node } from "./nodes.js";
import type { Evidence } from "./trail.js";

const MOST_CONFIDENT = 0.995;
const MOST_UNPROVEN = 0.49;
/** Candidates told for one hop. */
const MOST_RIVALS = 5;

/** The connections of one host and the sessions of its filter. */
class Host {
	readonly connections: ContactTable;
	readonly sessions: ContactTable;
	/** Came since the last alignment. */
	readonly fresh: Ripening<Contact>;

	constructor(course: Course, expiry: number) {
		this.connections = new ContactTable(course, expiry);
		this.sessions = new ContactTable(course, expiry);
		this.fresh = new Ripening(course);
	}
}

export class Filters {
	readonly #clocks: Clocks;
	readonly #accept: (link: Link) => void;
	readonly #course: Course;
	readonly #expiry: number;
	readonly #hosts = new Map<string, Host>();

	/** `expiry`: milliseconds after which nothing more is awaited. */
	constructor(clocks: Clocks, course: Course, expiry: number, accept: (link: Link) => void) {
		this.#clocks = clocks;
		this.#course = course;
		this.#expiry = expiry;
		this.#accept = accept;
	}

	add(node: Node): void {
		for (const filtering of node.hop.filterings) {
			const host = this.#hosts.get(node.layer.host) ?? new Host(this.#course, this.#expiry);
			this.#hosts.set(node.layer.host, host);
			const contacts = tableOf(host, filtering);
			const key = keyOf(node, filtering);
			const known = contacts.get(key);
			const contact = known ?? this.#contact(node, filtering);
			if (contact === undefined) continue;
			if (known === undefined) contacts.add(key, contact);
			const session = contact.joined?.session;
			// Another mail of a connection that is known already.
			if (contact.joined !== undefined && session !== undefined) this.#link(node, session, contact.joined);
			else contact.nodes.add(node);
			for (const word of [...filtering.words, ...(filtering.side === "mta" ? node.hop.ids.queue_id : [])]) contact.words.add(word);
			if (known === undefined) host.fresh.add(contact, (contact.end ?? contact.begin) + GRACE, GRACE);
		}
	}

	#contact(node: Node, filtering: Filtering): Contact | undefined {
		const corrected = (time: number | undefined): number | undefined =>
			time === undefined ? undefined : this.#clocks.corrected(node.layer.host, time);
		const [begin, end] = [corrected(filtering.begin), corrected(filtering.end)];
		const first = begin ?? end;
		return first === undefined ? undefined : { filtering, nodes: new Set(), isRipe: false, begin: first, end, words: new Set() };
	}

	/** Aligns what has ended, and those around it. */
	judge(): void {
		for (const host of this.#hosts.values()) {
			const fresh = host.fresh.take();
			for (const contact of fresh) contact.isRipe = true;
			if (fresh.length > 0) this.#align(host, fresh);
		}
	}

	#align(host: Host, fresh: readonly Contact[]): void {
		const spans = spansOf(fresh);
		const open = (contacts: ContactTable): Contact[] => contacts.open(spans).filter(({ isRipe }) => isRipe);
		const [connections, sessions] = [open(host.connections), open(host.sessions)];
		const isSorted = [...connections, ...sessions].some((contact) => firstOf(contact)?.layer.isSorted === true);
		for (const matched of isSorted ? matchByWords(connections, sessions) : match(connections, sessions))
			if (matched.probability >= PROVEN) this.#join(matched);
			else suspect(matched);
	}

	#join({ connection, session, probability }: Matched): void {
		const how = { evidence: evidenceOf(connection, session), confidence: Math.min(MOST_CONFIDENT, probability) };
		connection.joined = { session: firstOf(session), ...how };
		session.joined = { session: undefined, ...how };
		for (const from of connection.nodes) for (const to of session.nodes) this.#link(from, to, how);
		connection.nodes.clear();
	}

	#link(from: Node, to: Node, { evidence, confidence }: { readonly evidence: Evidence[]; readonly confidence: number }): void {
		const link: Link = { from, to, kind: "filter", evidence, confidence, events: [] };
		from.filterLinks.push(link);
		for (const { face } of [from, to]) face.isFiltered = true;
		this.#accept(link);
	}

	/** A hop that was written is joined no more. A session is: it stands in the trails of its mails. */
	drop(node: Node): void {
		const host = this.#hosts.get(node.layer.host);
		if (host === undefined) return;
		for (const filtering of node.hop.filterings) {
			const [contacts, key] = [tableOf(host, filtering), keyOf(node, filtering)];
			const contact = contacts.get(key);
			if (contact === undefined || contact.joined !== undefined || !contact.nodes.delete(node)) continue;
			if (contact.nodes.size === 0) contacts.delete(key);
		}
	}

	/** Forgets what is too old. */
	forget(): void {
		for (const { connections, sessions } of this.#hosts.values()) for (const contacts of [connections, sessions]) contacts.forget();
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
