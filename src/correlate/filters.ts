/**
 * Joins connections of an MTA with sessions of its mail filter. They share no id unless a header or a reason quotes one, but both number them in
 * the same order, and both know when they began and ended, and how.
 */
import type { Filtering } from "../format/trail.js";
import { posteriors, type Row } from "./alignment.js";
import type { Clocks } from "./clocks.js";
import type { FilterRival, Link, Node } from "./nodes.js";
import type { Evidence } from "./trail.js";

const WEIGHTS = {
	/** Few connections are without a session, and few sessions without a connection. */
	present: 5,
	word: 12,
	otherWord: -8,
	sameVerdict: 1,
	/** Most sessions end well, so that two that do not are rarely two. */
	sameRefusal: 3,
	otherVerdict: -4,
	otherStage: -1,
} as const;

/** Both ends log within this time, in milliseconds. */
const REACH = 20_000;
/** Stamps of whole seconds. */
const SPREAD = 600;
/** Sessions a second among which the right one is found. */
const RATE = 1 / 3;
/** Connections that begin within this time may stand in another order in the log of the filter, with these odds (logarithm). */
const SAME_MOMENT = 1000;
const SWAPPED = Math.log(0.04);
const PROVEN = 0.7;
/** What stands against the order is never sure. */
const MOST_OUT_OF_ORDER = 0.85;
const MOST_CONFIDENT = 0.995;
const TOLD = 0.02;

/** A connection or session; one connection may have brought several mails. */
interface Contact {
	readonly filtering: Filtering;
	readonly nodes: Node[];
	/** Corrected, in milliseconds. */
	readonly begin: number;
	readonly end: number | undefined;
	readonly words: Set<string>;
	/** What it was joined with. */
	joined?: { readonly other: Contact; readonly evidence: Evidence[]; readonly confidence: number };
}

/** The connections of one host and the sessions of its filter. */
class Host {
	readonly connections = new Map<string, Contact>();
	readonly sessions = new Map<string, Contact>();
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
			const contacts = filtering.side === "mta" ? host.connections : host.sessions;
			const key = `${node.layer.key}\n${filtering.series}\n${filtering.k}\n${filtering.begin ?? filtering.end}`;
			const known = contacts.get(key);
			const contact = known ?? this.#contact(node, filtering);
			if (contact === undefined) continue;
			contacts.set(key, contact);
			contact.nodes.push(node);
			for (const word of [...filtering.words, ...(filtering.side === "mta" ? node.hop.ids.queue_id : [])]) contact.words.add(word);
			if (known === undefined) host.fresh.push(contact);
			// Another mail of a connection that is known already.
			else if (contact.joined !== undefined) {
				const [from, to] = filtering.side === "mta" ? [node, contact.joined.other.nodes[0]] : [contact.joined.other.nodes[0], node];
				if (from !== undefined && to !== undefined) this.#link(from, to, contact.joined);
			}
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
		const isNear = (contact: Contact): boolean =>
			(contact.end ?? contact.begin) <= until && spans.some(([from, to]) => contact.begin >= from && contact.begin <= to);
		const open = (contacts: ReadonlyMap<string, Contact>): Placed[] =>
			inOrder([...contacts.values()].filter((contact) => contact.joined === undefined && isNear(contact)));
		const connections = open(host.connections);
		const sessions = open(host.sessions);
		let [first, last] = [0, 0];
		const weighed = connections.map(({ contact, at }) => {
			while (first < sessions.length && (sessions[first]?.at ?? 0) < at - REACH) first++;
			while (last < sessions.length && (sessions[last]?.at ?? 0) <= at + REACH) last++;
			const near = sessions.slice(first, last).map((session) => ({ session: session.contact, evidence: weigh(contact, session.contact) }));
			return { contact, near, from: first };
		});
		const found = posteriors(weighed.map(({ from, near }): Row => ({ from, scores: near.map(({ evidence }) => scoreOf(evidence)) })));
		const pairs: Matched[] = [];
		weighed.forEach(({ contact, near }, row) => {
			near.forEach(({ session, evidence }, column) => {
				const probability = found[row]?.[column] ?? 0;
				if (probability >= PROVEN) pairs.push({ connection: contact, session, evidence, probability });
				else if (probability >= TOLD) suspect(contact, session, evidence, Math.min(0.49, probability));
			});
		});
		for (const { connection, session, evidence, probability } of unswapped(pairs))
			if (probability >= PROVEN) this.#join(connection, session, evidence, Math.min(MOST_CONFIDENT, probability));
			else suspect(connection, session, evidence, Math.min(0.49, probability));
		const left = weighed.flatMap(({ contact: connection, near }) =>
			near.map(({ session, evidence }) => ({ connection, session, evidence, probability: 0 })),
		);
		for (const { connection, session, evidence, probability } of outOfOrder(left)) this.#join(connection, session, evidence, probability);
	}

	#join(connection: Contact, session: Contact, evidence: Evidence[], confidence: number): void {
		connection.joined = { other: session, evidence, confidence };
		session.joined = { other: connection, evidence, confidence };
		for (const from of connection.nodes) for (const to of session.nodes) this.#link(from, to, connection.joined);
	}

	#link(from: Node, to: Node, { evidence, confidence }: { readonly evidence: Evidence[]; readonly confidence: number }): void {
		const link: Link = { from, to, kind: "filter", evidence, confidence, events: [] };
		from.filterLinks.push(link);
		to.filterLinks.push(link);
		this.#accept(link);
	}

	/** Forgets what began before a corrected time; what is joined has another, as more mails of the same connection may come. */
	forget(before: number, joinedBefore: number): void {
		for (const host of this.#hosts.values())
			for (const contacts of [host.connections, host.sessions])
				for (const [key, contact] of contacts)
					if (contact.begin < (contact.joined === undefined ? before : joinedBefore)) contacts.delete(key);
	}
}

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

interface Placed {
	readonly contact: Contact;
	/** Where it stands among the others: never goes back. */
	readonly at: number;
}

/** By series, as they came; in a series by number, which says more of the order than stamps of whole seconds. */
function inOrder(contacts: readonly Contact[]): Placed[] {
	const bySeries = new Map<string, Contact[]>();
	for (const contact of contacts) {
		const key = `${contact.nodes[0]?.layer.key}\n${contact.filtering.series}`;
		const own = bySeries.get(key);
		if (own === undefined) bySeries.set(key, [contact]);
		else own.push(contact);
	}
	const placed = [...bySeries].flatMap(([series, own]) => {
		own.sort((a, b) => b.filtering.k - a.filtering.k || b.begin - a.begin);
		let at = Number.POSITIVE_INFINITY;
		return own.map((contact) => {
			at = Math.min(at, contact.begin);
			return { contact, series, at };
		});
	});
	return placed.sort(
		(a, b) => a.at - b.at || (a.series < b.series ? -1 : a.series > b.series ? 1 : a.contact.filtering.k - b.contact.filtering.k),
	);
}

const scoreOf = (evidence: readonly Evidence[]): number => evidence.reduce<number>((sum, { weight }) => sum + weight, WEIGHTS.present);

interface Matched {
	readonly connection: Contact;
	readonly session: Contact;
	readonly evidence: Evidence[];
	readonly probability: number;
}

/** Neighbours that began at the same moment may have changed their order between the two logs: sure is only what else tells them apart. */
function unswapped(pairs: readonly Matched[]): Matched[] {
	const found = [...pairs];
	found.forEach((pair, index) => {
		for (let other = index + 1; other < found.length; other++) {
			const [one, two] = [found[index] as Matched, found[other] as Matched];
			if (two.connection.begin - pair.connection.begin > SAME_MOMENT) break;
			const [first, second] = [weigh(one.connection, two.session), weigh(two.connection, one.session)];
			const swapped = scoreOf(first) + scoreOf(second) + SWAPPED - scoreOf(one.evidence) - scoreOf(two.evidence);
			const kept = 1 / (1 + Math.exp(swapped));
			if (kept >= 0.5) {
				found[index] = { ...one, probability: one.probability * kept };
				found[other] = { ...two, probability: two.probability * kept };
			} else {
				found[index] = { ...one, session: two.session, evidence: first, probability: one.probability * (1 - kept) };
				found[other] = { ...two, session: one.session, evidence: second, probability: two.probability * (1 - kept) };
			}
		}
	});
	return found;
}

/** Pairs against the order, of those that the alignment left alone: where each is by far the best of both. */
function outOfOrder(pairs: readonly Matched[]): Matched[] {
	const open = pairs.filter(({ connection, session }) => connection.joined === undefined && session.joined === undefined);
	const scored = open.map((pair) => ({ pair, score: scoreOf(pair.evidence) + SWAPPED }));
	const best = new Map<Contact, [highest: number, second: number]>();
	for (const { pair, score } of scored)
		for (const contact of [pair.connection, pair.session]) {
			const [highest, second] = best.get(contact) ?? [0, 0];
			best.set(contact, score > highest ? [score, highest] : [highest, Math.max(second, score)]);
		}
	return scored.flatMap(({ pair, score }) => {
		const lead = (contact: Contact): number => {
			const [highest, second] = best.get(contact) ?? [0, 0];
			return score === highest ? score - second : score - highest;
		};
		const probability = 1 / (1 + Math.exp(-Math.min(lead(pair.connection), lead(pair.session))));
		return probability >= MOST_OUT_OF_ORDER ? [{ ...pair, probability: MOST_OUT_OF_ORDER }] : [];
	});
}

function weigh(connection: Contact, session: Contact): Evidence[] {
	const evidence: Evidence[] = [];
	const add = (kind: Evidence["kind"], weight: number, values: Evidence["values"]): void => {
		evidence.push({ kind, weight: Math.round(weight * 10) / 10, values });
	};
	const [mta, filter] = [connection.filtering, session.filtering];
	const word = filter.words.find((one) => connection.words.has(one));
	if (word !== undefined) add("quoted_id", WEIGHTS.word, { value: word });
	add("sequence", 0, { from: mta.k, to: filter.k });
	const seconds = (value: number): number => Math.round(value / 100) / 10;
	const begin = session.begin - connection.begin;
	add("time", timing(begin), { begin: seconds(begin) });
	if (connection.end !== undefined && session.end !== undefined) {
		const end = session.end - connection.end;
		add("time", timing(end), { end: seconds(end) });
	}
	if (mta.verdict !== undefined && filter.verdict !== undefined) {
		const isSame = mta.verdict === filter.verdict;
		const weight = isSame ? (mta.verdict === "accept" ? WEIGHTS.sameVerdict : WEIGHTS.sameRefusal) : WEIGHTS.otherVerdict;
		add("verdict", weight, isSame ? { value: mta.verdict } : { from: mta.verdict, to: filter.verdict });
		if (mta.stage !== undefined && filter.stage !== undefined && mta.stage !== filter.stage)
			add("verdict", WEIGHTS.otherStage, { from: mta.stage, to: filter.stage });
	}
	return evidence;
}

const timing = (off: number): number =>
	Math.log((0.97 * Math.exp(-Math.abs(off) / SPREAD) * (1000 / (2 * SPREAD)) + 0.03 * (1000 / (2 * REACH))) / RATE);

function suspect(connection: Contact, session: Contact, evidence: Evidence[], confidence: number): void {
	const add = (nodes: readonly Node[], others: readonly Node[], direction: FilterRival["direction"]): void => {
		for (const node of nodes) for (const other of others) node.filterRivals.push({ other, direction, evidence, confidence });
	};
	add(connection.nodes, session.nodes, "next");
	add(session.nodes, connection.nodes, "previous");
}
