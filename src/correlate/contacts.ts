/** Connections of an MTA and sessions of its filter, as two sequences: which is which, and how sure. */
import type { Filtering } from "../format/trail.js";
import { posteriors, type Row } from "./alignment.js";
import { push } from "./lists.js";
import type { Node } from "./nodes.js";
import type { Evidence } from "./trail.js";

/** A connection or session; one connection may have brought several mails. */
export interface Contact {
	readonly filtering: Filtering;
	/** Of a connection, those that are not joined. */
	readonly nodes: Set<Node>;
	/** It is over, and others of that time are there, too. */
	isRipe: boolean;
	/** Corrected, in milliseconds. */
	readonly begin: number;
	readonly end: number | undefined;
	/** Of a connection its queue ids, of a session what its headers and reasons say. */
	readonly words: Set<string>;
	/** A connection has the session that more mails of it will be joined with. */
	joined?: { readonly session: Node | undefined; readonly evidence: Evidence[]; readonly confidence: number };
}

/** The first mail of a connection, or the session. */
export const firstOf = ({ nodes }: Contact): Node | undefined => nodes.values().next().value;

/** A connection and a session, with the probability that they are one. */
export interface Matched {
	readonly connection: Contact;
	readonly session: Contact;
	readonly probability: number;
}

const WEIGHTS = {
	/** Few connections are without a session, and few sessions without a connection. */
	present: 5,
	word: 12,
	sameVerdict: 1,
	/** Most sessions end well, so that two that do not are rarely two. */
	sameRefusal: 3,
	otherVerdict: -4,
	otherStage: -1,
} as const;

/** Both ends log within this time, in milliseconds. */
export const REACH = 10_000;
/** Sessions that are weighed for one connection. */
const MOST_NEAR = 120;
/** Stamps of whole seconds. */
const SPREAD = 600;
/** Lines between two ends of one connection in the same log, and those among which they stand. */
const LINES_APART = 2;
const LINES_NEAR = 60;
/** Sessions a second among which the right one is found. */
const RATE = 1 / 3;
/**
 * Connections that begin, or end, within this time may stand in another order in the log of the filter, with these odds (logarithm), among
 * neighbours.
 */
const SAME_MOMENT = 1000;
const SWAPPED = Math.log(0.04);
const NEIGHBOURS = 3;
export const PROVEN = 0.7;
/** What stands against the order is never sure. */
const MOST_OUT_OF_ORDER = 0.85;
const TOLD = 0.02;

/** All pairs that are likely enough to be told; those of `PROVEN` and more exclude each other. */
export function match(connections: readonly Contact[], sessions: readonly Contact[]): Matched[] {
	const [rows, columns] = [inOrder(connections), inOrder(sessions)];
	const near = nearOf(rows, columns);
	const scored = rows.map(({ contact }, row): Row => {
		const { from, to } = near[row] as Range;
		return { from, scores: columns.slice(from, to).map((column) => scoreOf(contact, column.contact)) };
	});
	const likely: Matched[] = [];
	const others: Matched[] = [];
	posteriors(scored).forEach((probabilities, row) => {
		probabilities.forEach((probability, index) => {
			const [connection, session] = [rows[row]?.contact, columns[(near[row]?.from ?? 0) + index]?.contact];
			if (connection === undefined || session === undefined || probability < TOLD) return;
			(probability >= PROVEN ? likely : others).push({ connection, session, probability });
		});
	});
	const found = unswapped(likely);
	const taken = new Set(
		found.filter(({ probability }) => probability >= PROVEN).flatMap(({ connection, session }) => [connection, session]),
	);
	const left = rows.flatMap(({ contact: connection }, row) => {
		if (taken.has(connection)) return [];
		const { from, to } = near[row] as Range;
		return columns.slice(from, to).flatMap(({ contact: session }) => (taken.has(session) ? [] : { connection, session, probability: 0 }));
	});
	return [...found, ...outOfOrder(left), ...others];
}

/** Where the order says nothing: those that quote each other and nobody else. */
export function matchByWords(connections: readonly Contact[], sessions: readonly Contact[]): Matched[] {
	const told = new Map<string, Contact[]>();
	for (const session of sessions) for (const word of session.words) push(told, word, session);
	const pairs = connections.flatMap((connection) => {
		const [session, ...others] = new Set([...connection.words].flatMap((word) => told.get(word) ?? []));
		return session === undefined || others.length > 0 ? [] : [{ connection, session, probability: 1 }];
	});
	const uses = new Map<Contact, number>();
	for (const { session } of pairs) uses.set(session, (uses.get(session) ?? 0) + 1);
	return pairs.filter(({ session }) => uses.get(session) === 1);
}

interface Range {
	readonly from: number;
	readonly to: number;
}

/** The sessions around each connection; neither side of the range goes back. */
function nearOf(rows: readonly Placed[], columns: readonly Placed[]): Range[] {
	let [first, middle, last] = [0, 0, 0];
	return rows.map(({ at }) => {
		while (first < columns.length && (columns[first]?.at ?? 0) < at - REACH) first++;
		while (middle < columns.length && (columns[middle]?.at ?? 0) < at) middle++;
		while (last < columns.length && (columns[last]?.at ?? 0) <= at + REACH) last++;
		return { from: Math.max(first, Math.min(last, middle) - MOST_NEAR / 2), to: Math.min(last, Math.max(first, middle) + MOST_NEAR / 2) };
	});
}

interface Placed {
	readonly contact: Contact;
	/** Where it stands among the others: never goes back. */
	readonly at: number;
}

/** By series, as they came; in a series by number, which says more of the order than stamps of whole seconds. */
function inOrder(contacts: readonly Contact[]): Placed[] {
	const bySeries = new Map<string, Contact[]>();
	for (const contact of contacts) push(bySeries, `${firstOf(contact)?.layer.key}\n${contact.filtering.series}`, contact);
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

/** Neighbours that began at the same moment may have changed their order between the two logs: sure is only what else tells them apart. */
function unswapped(pairs: readonly Matched[]): Matched[] {
	const found = [...pairs];
	for (let index = 0; index < found.length; index++)
		for (let other = index + 1; other <= Math.min(index + NEIGHBOURS, found.length - 1); other++) {
			const [one, two] = [found[index] as Matched, found[other] as Matched];
			if (Math.abs(two.connection.begin - one.connection.begin) > SAME_MOMENT) break;
			const straight = scoreOf(one.connection, one.session) + scoreOf(two.connection, two.session) + endOrder(one, two);
			const crossed = scoreOf(one.connection, two.session) + scoreOf(two.connection, one.session) + SWAPPED;
			const kept = 1 / (1 + Math.exp(crossed - straight));
			const [first, second] = kept >= 0.5 ? [one.session, two.session] : [two.session, one.session];
			const sure = Math.max(kept, 1 - kept);
			found[index] = { connection: one.connection, session: first, probability: one.probability * sure };
			found[other] = { connection: two.connection, session: second, probability: two.probability * sure };
		}
	return found;
}

/** For and against two pairs: those that end at the same moment do so in the same order in both logs nearly always. */
function endOrder(one: Matched, two: Matched): number {
	const [first, second] = [endsBefore(one.connection, two.connection), endsBefore(one.session, two.session)];
	if (first === undefined || second === undefined) return 0;
	return first === second ? -SWAPPED : SWAPPED;
}

/** Undefined when they do not end at the same moment, as times say then all that the order says. */
function endsBefore(one: Contact, other: Contact): boolean | undefined {
	const lines = linesBetween(one, other);
	if (lines === undefined || one.end === undefined || other.end === undefined) return undefined;
	return Math.abs(one.end - other.end) <= SAME_MOMENT ? lines > 0 : undefined;
}

/** Lines from the end of one to that of the other, when one log tells both. */
function linesBetween({ filtering: { end_line: from } }: Contact, { filtering: { end_line: to } }: Contact): number | undefined {
	// Events may be written without their place.
	if (from?.line === undefined || to?.line === undefined || from.file === undefined || from.file !== to.file) return undefined;
	return to.line - from.line;
}

/** Pairs against the order, of those that the alignment left alone: where each is by far the best of both. */
function outOfOrder(pairs: readonly Matched[]): Matched[] {
	const scored = pairs.map((pair) => ({ pair, score: scoreOf(pair.connection, pair.session) + SWAPPED }));
	const best = new Map<Contact, readonly [highest: number, second: number]>();
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

type Tell = (kind: Evidence["kind"], weight: number, values: Evidence["values"]) => void;

/** How much likelier it is that they are one than that both have no other side. */
function scoreOf(connection: Contact, session: Contact): number {
	let score: number = WEIGHTS.present;
	weigh(connection, session, (_, weight) => {
		score += weight;
	});
	return score;
}

export function evidenceOf(connection: Contact, session: Contact): Evidence[] {
	const evidence: Evidence[] = [];
	weigh(connection, session, (kind, weight, values) => evidence.push({ kind, weight: Math.round(weight * 10) / 10, values }));
	return evidence;
}

function weigh(connection: Contact, session: Contact, tell: Tell): void {
	const [mta, filter] = [connection.filtering, session.filtering];
	for (const word of session.words)
		if (connection.words.has(word)) {
			tell("quoted_id", WEIGHTS.word, { value: word });
			break;
		}
	tell("sequence", 0, { from: mta.k, to: filter.k });
	const begin = session.begin - connection.begin;
	tell("time", timing(begin), { begin: seconds(begin) });
	if (connection.end !== undefined && session.end !== undefined) {
		const end = session.end - connection.end;
		tell("time", timing(end), { end: seconds(end) });
	}
	const lines = linesBetween(connection, session);
	if (lines !== undefined) tell("sequence", adjacency(lines), { lines });
	if (mta.verdict === undefined || filter.verdict === undefined) return;
	const isSame = mta.verdict === filter.verdict;
	const weight = isSame ? (mta.verdict === "accept" ? WEIGHTS.sameVerdict : WEIGHTS.sameRefusal) : WEIGHTS.otherVerdict;
	tell("verdict", weight, isSame ? { value: mta.verdict } : { from: mta.verdict, to: filter.verdict });
	if (mta.stage !== undefined && filter.stage !== undefined && mta.stage !== filter.stage)
		tell("verdict", WEIGHTS.otherStage, { from: mta.stage, to: filter.stage });
}

const seconds = (milliseconds: number): number => Math.round(milliseconds / 100) / 10;

/** The filter hears of the end when the MTA tells it: in one log the two stand beside each other, nearly always. */
const adjacency = (lines: number): number =>
	Math.log((0.9 * Math.exp(-Math.abs(lines - 1) / LINES_APART)) / (2 * LINES_APART) + 0.1 / LINES_NEAR) - Math.log(1 / LINES_NEAR);

const timing = (off: number): number =>
	Math.log((0.97 * Math.exp(-Math.abs(off) / SPREAD) * (1000 / (2 * SPREAD)) + 0.03 * (1000 / (2 * REACH))) / RATE);
