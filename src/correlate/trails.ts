/** Hops that belong together, written as one trail. */
import { createHash } from "node:crypto";
import type { Hop } from "../format/trail.js";
import type { Clocks } from "./clocks.js";
import { componentOf } from "./components.js";
import type { Handovers } from "./handovers.js";
import type { Face, HandoverEnd, Link, Node, Rival } from "./nodes.js";
import { type Deciders, recipientsOf } from "./outcomes.js";
import { TRAIL_SCHEMA_VERSION, type Trail, type TrailCandidate, type TrailHop, type TrailIds, type TrailLink } from "./trail.js";

/** What the linker misses, beside what a log misses itself. */
const MISSING = {
	previous: "its previous hop",
	layerBefore: "the log of the layer before it",
	next: "its next hop",
	filter: "its filter session",
} as const;

const iso = (time: number): string => `${new Date(Number.isFinite(time) ? time : 0).toISOString().slice(0, -1)}+00:00`;
const round = (confidence: number): number => Math.round(confidence * 1000) / 1000;

/** `joined`: all hops that links join; filter sessions are left out, as they may serve mails that have nothing to do with each other. */
export function trailOf(joined: readonly Node[], clocks: Clocks, handovers: Handovers, deciders: Deciders): Trail {
	const at = ({ layer, hop }: Node): number => clocks.corrected(layer.host, hop.start);
	const first = joined.reduce((earliest, node) =>
		at(node) < at(earliest) || (at(node) === at(earliest) && node.number < earliest.number) ? node : earliest,
	);
	const members = componentOf(first, ({ links }) => links.flatMap(({ from, to }) => [from, to]));
	const filters = members.flatMap(({ filterLinks }) => filterLinks.map(({ to }) => to));
	const nodes = [...new Set([...members, ...filters])].sort(
		(a, b) => at(a) - at(b) || (a.layer.key < b.layer.key ? -1 : Number(a.layer.key > b.layer.key)) || a.number - b.number,
	);
	const indexes = new Map(nodes.map((node, index) => [node, index]));
	const links = [...new Set(members.flatMap((node) => [...node.links, ...node.filterLinks]))].filter(
		({ from, to }) => indexes.has(from) && indexes.has(to),
	);
	const hosts = [...new Set(nodes.map(({ layer }) => layer.host))];
	const messageIds = new Set(members.flatMap(({ hop }) => hop.ids.message_id));
	return {
		schema_version: TRAIL_SCHEMA_VERSION,
		trail_id: idOf(nodes[0]),
		message_ids: [...messageIds],
		hops: nodes.map((node) => hopOf(node, handovers, deciders)),
		links: links.map((link) => linkOf(link, indexes)).sort((a, b) => a.from - b.from || a.to - b.to),
		candidates: nodes.flatMap((node, index) => candidatesOf(node, index)),
		recipients: recipientsOf(nodes, deciders),
		clock_offsets: clocks.offsets(hosts, nodes[0]?.hop.start ?? 0),
	};
}

/** Hops of one session share its records, so that no single event tells them apart: the id is made of all events of the first hop. */
const idOf = (node: Node | undefined): string =>
	createHash("sha256")
		.update(node?.hop.events.join("\n") ?? "")
		.digest("hex")
		.slice(0, 16);

function hopOf(node: Node, handovers: Handovers, deciders: Deciders): TrailHop {
	const { layer, hop, arrival, filterLinks } = node;
	const missing = new Set<string>(hop.missing);
	const isIncoming = node.links.some(({ to }) => to === node);
	if (arrival !== undefined && !isIncoming) {
		if (handovers.knowledge.isFromWithin(arrival)) missing.add(MISSING.previous);
		else if (arrival.rivals.some(({ pair }) => !pair.isDirect)) missing.add(MISSING.layerBefore);
	}
	// What a content filter gave back went on here.
	const isBack = node.links.some(({ from, kind }) => from === node && kind === "reinjection");
	for (const end of isBack ? [] : node.handovers.filter(isUnanswered))
		missing.add(handovers.knowledge.isToWithin(end) ? MISSING.next : `the log of ${serverOf(end)}, which took it`);
	if (hop.filterings.some(({ side }) => side === "mta") && filterLinks.length === 0 && deciders.filterOf(layer.host) !== undefined)
		missing.add(MISSING.filter);
	return {
		format: layer.format,
		host: layer.host,
		ids: idsOf(hop.ids),
		start: iso(hop.start),
		end: iso(hop.end),
		events: [...hop.events],
		missing: [...missing],
	};
}

const serverOf = ({ handover: { server } }: HandoverEnd): string => server.host ?? server.ip ?? "the next server";

const isUnanswered = ({ handover, links }: HandoverEnd): boolean => handover.result === "accepted" && links.length === 0;

function linkOf({ from, to, kind, evidence, confidence, events }: Link, indexes: ReadonlyMap<Node, number>): TrailLink {
	const arrived = [to.hop.events[0], from.hop.events.at(-1)].flatMap((event) => event ?? []);
	return {
		from: indexes.get(from) ?? 0,
		to: indexes.get(to) ?? 0,
		kind,
		evidence,
		confidence: round(confidence),
		events: [...new Set([...events, ...(events.length === 0 ? arrived.reverse() : arrived.slice(0, 1))])],
	};
}

function candidatesOf(node: Node, index: number): TrailCandidate[] {
	const found: TrailCandidate[] = [];
	const add = (other: Face, direction: "previous" | "next", evidence: TrailCandidate["evidence"], confidence: number): void => {
		const { layer, ids, event } = other;
		if (found.some((one) => one.event === event && one.direction === direction)) return;
		const { format, host } = layer;
		found.push({ hop: index, direction, format, host, ids: idsOf(ids), event, evidence, confidence: round(confidence) });
	};
	const tell = (rivals: readonly Rival[], direction: "previous" | "next"): void => {
		for (const { pair, confidence } of rivals) {
			const other = direction === "next" ? pair.arrival.node : pair.handover.node;
			if (direction === "previous" || pair.arrival.link === undefined) add(other.face, direction, pair.evidence, confidence);
		}
	};
	if (node.arrival?.link === undefined) tell(node.arrival?.rivals ?? [], "previous");
	for (const handover of node.handovers) tell(handover.rivals, "next");
	if (!node.face.isFiltered)
		for (const { other, direction, evidence, confidence } of node.filterRivals)
			if (!other.isFiltered) add(other, direction, evidence, confidence);
	return found;
}

const idsOf = (ids: Hop["ids"]): TrailIds => ({
	session_id: [...ids.session_id],
	transaction_id: [...ids.transaction_id],
	queue_id: [...ids.queue_id],
	file: [...ids.file],
	message_id: [...ids.message_id],
});
