/** Hops as the linker sees them: with their layer, and with ends that can be joined. */
import type { Arrival, Filtering, Handover, Hop, Relation } from "../format/trail.js";
import { push } from "./lists.js";
import type { Quotes } from "./quotes.js";
import type { Evidence, LinkKind } from "./trail.js";

/** One format on one host. */
export interface Layer {
	readonly key: string;
	readonly format: string;
	readonly host: string;
	/** The log or the case names the host; else it is called after the source, and other layers know it by another name. */
	readonly isNamed: boolean;
	/** Its records were sorted by their text, so that the order of those of one moment says nothing. */
	isSorted?: boolean;
}

/** What both ends of a handover say of the mail, in a form that can be compared. */
interface End {
	readonly node: Node;
	/** Milliseconds by the clock of the host. */
	readonly time: number;
	readonly from: string | undefined;
	readonly to: ReadonlySet<string>;
	readonly messageIds: readonly string[];
	/** Pairs that may be right, and cannot be told from others. */
	rivals: Rival[];
	/** Its time has come: others of that time are there, too. */
	isRipe: boolean;
}

export interface ArrivalEnd extends End {
	readonly arrival: Arrival;
	/** Ids by which the previous layer may quote it. */
	readonly told: readonly string[];
	link?: Link | undefined;
	/** It has shown how its client is called. */
	isHeard: boolean;
}

export interface HandoverEnd extends End {
	readonly handover: Handover;
	/** Place among those of its hop. */
	readonly number: number;
	/** Ids of the next layer that its reply quotes. */
	readonly quoted: readonly string[];
	/** Recipients before aliases and lists: a next layer may log those instead, told by ORCPT. */
	readonly originals: ReadonlySet<string>;
	/** Both: recipients by which the next layer may know the mail. */
	readonly names: ReadonlySet<string>;
	/** Recipients that no arrival has yet; only when recipients are known. */
	readonly open: Set<string>;
	readonly links: Link[];
}

/** A handover and an arrival that may be the two ends of the same transaction. */
export interface Pair {
	readonly handover: HandoverEnd;
	readonly arrival: ArrivalEnd;
	readonly evidence: Evidence[];
	/** Sum of the weights. */
	readonly score: number;
	/** One end at least names the other host, and none names a third one: else a layer without a log may stand between them. */
	readonly isDirect: boolean;
	/** It would be sure without the id that a reply quotes. */
	readonly hasOtherProof: boolean;
}

/** A pair that was weighed and is not sure. */
export interface Rival {
	readonly pair: Pair;
	/** Below 0.5. */
	readonly confidence: number;
	/** As many arrivals as handovers compete: each handover has one of these arrivals, whichever it is. */
	readonly isBalanced: boolean;
}

export interface Link {
	readonly from: Node;
	readonly to: Node;
	readonly kind: LinkKind;
	readonly evidence: Evidence[];
	readonly confidence: number;
	readonly events: readonly string[];
}

/** What is told of a hop in the trails of others. They keep this alone: whole hops would keep all that these are linked to. */
export interface Face {
	readonly layer: Layer;
	readonly ids: Hop["ids"];
	/** Its first event. */
	readonly event: string;
	isFiltered: boolean;
}

/** A filter session or MTA connection that could not be told from others. */
export interface FilterRival {
	readonly other: Face;
	readonly direction: "previous" | "next";
	readonly evidence: Evidence[];
	readonly confidence: number;
}

/** A relation whose other hop did not come yet. */
export interface Waiting {
	readonly node: Node;
	readonly relation: Relation;
}

/** Hops that links join: they will be one trail. */
export interface Group {
	readonly members: Node[];
	/** So many of its members await nothing more. */
	settled: number;
	isWritten: boolean;
}

export interface Node {
	/** In the order in which hops were complete. */
	readonly number: number;
	readonly layer: Layer;
	readonly hop: Hop;
	readonly face: Face;
	arrival: ArrivalEnd | undefined;
	handovers: readonly HandoverEnd[];
	/** Names of all recipients that it handed over. */
	handed: ReadonlySet<string>;
	/** Handovers by the names of their recipients, once that was asked. */
	byName?: ReadonlyMap<string, readonly HandoverEnd[]> | undefined;
	/** Those that join it with others in a trail. */
	readonly links: Link[];
	/** To sessions of a filter: as these may serve several mails, they join none, and stand in each trail. A session knows none of them. */
	readonly filterLinks: Link[];
	readonly filterRivals: FilterRival[];
	/** Relations that are not found yet. */
	readonly relations: Set<Waiting>;
	group: Group;
	/** How much time had passed when it came. */
	readonly since: number;
	/** Attempt number of its mail, from 1. */
	attempt: number;
}

export const endsOf = ({ arrival, handovers }: Pick<Node, "arrival" | "handovers">): readonly (ArrivalEnd | HandoverEnd)[] =>
	arrival === undefined ? handovers : [arrival, ...handovers];

/** Addresses are compared without case, quotes and escapes: layers differ in how they write the same local part. */
export const addressKey = (address: string): string => address.replace(/^<|>$|["\\]/g, "").toLowerCase();

const NOBODY: ReadonlySet<string> = new Set();

const keys = (addresses: readonly string[]): ReadonlySet<string> => new Set(addresses.map(addressKey));

/** Whether two sets of recipients have one in common. */
export function share(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
	const [few, many] = some.size < others.size ? [some, others] : [others, some];
	for (const one of few) if (many.has(one)) return true;
	return false;
}

/** The handovers of a hop with a recipient of this name. */
export function handoversTo(node: Node, name: string): readonly HandoverEnd[] {
	if (node.byName === undefined) {
		const byName = new Map<string, HandoverEnd[]>();
		for (const handover of node.handovers) for (const one of handover.names) push(byName, one, handover);
		node.byName = byName;
	}
	return node.byName.get(name) ?? [];
}

/** `since`: how much time had passed when it came. */
export function nodeOf(number: number, layer: Layer, hop: Hop, quotes: Quotes, since: number): Node {
	const group: Group = { members: [], settled: 0, isWritten: false };
	const node: Node = {
		number,
		layer,
		hop,
		face: { layer, ids: hop.ids, event: hop.events[0] ?? "", isFiltered: false },
		arrival: undefined,
		handovers: [],
		handed: NOBODY,
		byName: undefined,
		links: [],
		filterLinks: [],
		filterRivals: [],
		relations: new Set(),
		group,
		since,
		attempt: 1,
	};
	group.members.push(node);
	for (const relation of hop.relations) node.relations.add({ node, relation });
	if (hop.arrival !== undefined) node.arrival = arrivalEnd(node, hop.arrival);
	const made = originalsOf(hop);
	node.handovers = hop.handovers.map((handover, index) => handoverEnd(node, handover, index, made, quotes));
	const [only] = node.handovers;
	node.handed = only !== undefined && node.handovers.length === 1 ? only.names : new Set(node.handovers.flatMap(({ names }) => [...names]));
	return node;
}

const senderKey = ({ from }: Arrival | Handover): string | undefined => (from === undefined ? undefined : addressKey(from));

// Keys one by one, as in hop.ts.
const arrivalEnd = (node: Node, arrival: Arrival): ArrivalEnd => ({
	node,
	time: arrival.time,
	from: senderKey(arrival),
	to: keys(arrival.to),
	messageIds: arrival.message_ids,
	rivals: [],
	isRipe: false,
	arrival,
	told: arrival.told,
	link: undefined,
	isHeard: false,
});

/** What a hop made of its recipients, the other way round. */
function originalsOf({ recipients }: Hop): ReadonlyMap<string, ReadonlySet<string>> {
	const originals = new Map<string, Set<string>>();
	for (const { address, became } of recipients)
		for (const name of became.map(addressKey)) originals.set(name, (originals.get(name) ?? new Set()).add(addressKey(address)));
	return originals;
}

function handoverEnd(
	node: Node,
	handover: Handover,
	number: number,
	made: ReadonlyMap<string, ReadonlySet<string>>,
	quotes: Quotes,
): HandoverEnd {
	const to = keys(handover.to);
	const originals = new Set([...to].flatMap((address) => [...(made.get(address) ?? [])]));
	return {
		node,
		time: handover.time,
		from: senderKey(handover),
		to,
		messageIds: handover.message_ids,
		rivals: [],
		isRipe: false,
		handover,
		number,
		quoted: handover.reply.quoted ?? quotes(handover.reply.text),
		originals,
		names: originals.size === 0 ? to : new Set([...to, ...originals]),
		open: new Set(to),
		links: [],
	};
}

/** A filter decides; it takes no mail and hands none on. */
export const isFilter = (node: Node): boolean => node.hop.filterings.some(({ side }: Filtering) => side === "filter");
