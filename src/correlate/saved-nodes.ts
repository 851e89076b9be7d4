/** Hops and all that joins them, as plain data: nodes by number, links by their place in a list. */
import type { Hop } from "../format/trail.js";
import {
	type ArrivalEnd,
	endsOf,
	type Face,
	type FilterRival,
	type Group,
	type HandoverEnd,
	type Layer,
	type Link,
	type Node,
	nodeOf,
	type Rival,
} from "./nodes.js";
import type { Quotes } from "./quotes.js";
import type { Evidence } from "./trail.js";

type End = ArrivalEnd | HandoverEnd;

/** The number of a hop; the place of the handover, -1 for the arrival. */
export type SavedEnd = readonly [node: number, end: number];

interface SavedRival {
	readonly handover: SavedEnd;
	readonly arrival: SavedEnd;
	readonly evidence: Evidence[];
	readonly score: number;
	readonly isDirect: boolean;
	readonly hasOtherProof: boolean;
	readonly confidence: number;
	readonly isBalanced: boolean;
}

interface SavedOpenEnd {
	readonly isRipe: boolean;
	readonly rivals: readonly SavedRival[];
	/** Of a handover: the recipients that no arrival has yet. */
	readonly open?: readonly string[] | undefined;
	/** Of an arrival: it has shown how its client is called. */
	readonly isHeard?: boolean | undefined;
	/** Places in the list of links. */
	readonly links: readonly number[];
}

interface SavedNode {
	readonly number: number;
	readonly layer: string;
	readonly hop: Hop;
	readonly isFiltered: boolean;
	readonly since: number;
	readonly attempt: number;
	/** Places among the relations of the hop. */
	readonly relations: readonly number[];
	readonly arrival?: SavedOpenEnd | undefined;
	readonly handovers: readonly SavedOpenEnd[];
	readonly links: readonly number[];
	readonly filterLinks: readonly number[];
	/** The others with the number of their hop. */
	readonly filterRivals: readonly (Omit<FilterRival, "other"> & { readonly other: number })[];
}

interface SavedGroup {
	readonly members: readonly number[];
	readonly settled: number;
	readonly isWritten: boolean;
}

export interface SavedNodes {
	readonly nodes: readonly SavedNode[];
	readonly links: readonly (Omit<Link, "from" | "to"> & { readonly from: number; readonly to: number })[];
	readonly groups: readonly SavedGroup[];
	/** Of hops that are known by that alone. */
	readonly faces: readonly (Omit<Face, "layer"> & { readonly layer: string })[];
}

export const placeOfEnd = (end: End): SavedEnd => [end.node.number, "handover" in end ? end.number : -1];

/** Takes in all hops that others name, and what these name in turn. */
export class NodeSaver {
	readonly #nodes = new Map<number, Node>();
	readonly #links = new Map<Link, number>();
	readonly #groups = new Map<Group, number>();
	readonly #faces = new Map<number, Face>();

	node(node: Node): number {
		this.#nodes.set(node.number, node);
		return node.number;
	}

	end(end: End): SavedEnd {
		this.node(end.node);
		return placeOfEnd(end);
	}

	group(group: Group): number {
		const place = this.#groups.get(group) ?? this.#groups.size;
		this.#groups.set(group, place);
		for (const node of group.members) this.node(node);
		return place;
	}

	#link(link: Link): number {
		const place = this.#links.get(link) ?? this.#links.size;
		this.#links.set(link, place);
		for (const node of [link.from, link.to]) this.node(node);
		return place;
	}

	#face(face: Face): number {
		this.#faces.set(face.number, face);
		return face.number;
	}

	#rival({ pair, confidence, isBalanced }: Rival): SavedRival {
		const { handover, arrival, evidence, score, isDirect, hasOtherProof } = pair;
		return { handover: this.end(handover), arrival: this.end(arrival), evidence, score, isDirect, hasOtherProof, confidence, isBalanced };
	}

	#openEnd(end: End): SavedOpenEnd {
		const { isRipe } = end;
		const rivals = end.rivals.map((rival) => this.#rival(rival));
		if ("handover" in end) return { isRipe, rivals, open: [...end.open], links: end.links.map((link) => this.#link(link)) };
		return { isRipe, rivals, isHeard: end.isHeard, links: end.link === undefined ? [] : [this.#link(end.link)] };
	}

	#save(node: Node): SavedNode {
		const { number, layer, hop, face, since, attempt, arrival, handovers } = node;
		this.group(node.group);
		return {
			number,
			layer: layer.key,
			hop,
			isFiltered: face.isFiltered,
			since,
			attempt,
			relations: Array.from(node.relations, ({ relation }) => hop.relations.indexOf(relation)),
			arrival: arrival && this.#openEnd(arrival),
			handovers: handovers.map((end) => this.#openEnd(end)),
			links: node.links.map((link) => this.#link(link)),
			filterLinks: node.filterLinks.map((link) => this.#link(link)),
			filterRivals: node.filterRivals.map(({ other, direction, evidence, confidence }) => ({
				other: this.#face(other),
				direction,
				evidence,
				confidence,
			})),
		};
	}

	/** Once all that others name was asked for. */
	save(): SavedNodes {
		// Others are found while these are saved: a map goes on with what is added.
		const nodes = Array.from(this.#nodes.values(), (node) => this.#save(node));
		return {
			nodes: nodes.sort((a, b) => a.number - b.number),
			links: Array.from(this.#links.keys(), ({ from, to, kind, evidence, confidence, events }) => ({
				from: from.number,
				to: to.number,
				kind,
				evidence,
				confidence,
				events,
			})),
			groups: Array.from(this.#groups.keys(), ({ members, settled, isWritten }) => ({
				members: members.map(({ number }) => number),
				settled,
				isWritten,
			})),
			faces: Array.from(this.#faces.values())
				.filter(({ number }) => !this.#nodes.has(number))
				.map(({ number, layer, ids, event, isFiltered }) => ({ number, layer: layer.key, ids, event, isFiltered })),
		};
	}
}

/** Makes hops of what was saved, and finds them by their numbers. */
export class LoadedNodes {
	readonly #nodes = new Map<number, Node>();
	readonly #links: readonly Link[];
	readonly #groups: readonly Group[];
	readonly #faces = new Map<number, Face>();

	constructor({ nodes, links, groups, faces }: SavedNodes, layers: ReadonlyMap<string, Layer>, quotes: Quotes) {
		for (const { number, layer, hop, since } of nodes)
			this.#nodes.set(number, nodeOf(number, layers.get(layer) as Layer, hop, quotes, since));
		for (const { number, layer, ids, event, isFiltered } of faces)
			this.#faces.set(number, { number, layer: layers.get(layer) as Layer, ids, event, isFiltered });
		for (const { face } of this.#nodes.values()) this.#faces.set(face.number, face);
		this.#links = links.map(({ from, to, kind, evidence, confidence, events }) => ({
			from: this.node(from),
			to: this.node(to),
			kind,
			evidence,
			confidence,
			events,
		}));
		this.#groups = groups.map(({ members, settled, isWritten }) => ({
			members: members.map((number) => this.node(number)),
			settled,
			isWritten,
		}));
		for (const group of this.#groups) for (const node of group.members) node.group = group;
		for (const saved of nodes) this.#load(saved);
	}

	/** All, in the order in which they came. */
	get all(): Iterable<Node> {
		return this.#nodes.values();
	}

	node(number: number): Node {
		return this.#nodes.get(number) as Node;
	}

	end([number, place]: SavedEnd): End {
		const { arrival, handovers } = this.node(number);
		return (place < 0 ? arrival : handovers[place]) as End;
	}

	group(place: number): Group {
		return this.#groups[place] as Group;
	}

	#linksAt(places: readonly number[]): readonly Link[] {
		return places.flatMap((place) => this.#links[place] ?? []);
	}

	#rival({ handover, arrival, confidence, isBalanced, ...pair }: SavedRival): Rival {
		const [before, behind] = [this.end(handover) as HandoverEnd, this.end(arrival) as ArrivalEnd];
		return { pair: { handover: before, arrival: behind, ...pair }, confidence, isBalanced };
	}

	#load(saved: SavedNode): void {
		const node = this.node(saved.number);
		node.face.isFiltered = saved.isFiltered;
		node.attempt = saved.attempt;
		const all = [...node.relations];
		node.relations.clear();
		for (const place of saved.relations) for (const one of all.slice(place, place + 1)) node.relations.add(one);
		node.links.push(...this.#linksAt(saved.links));
		node.filterLinks.push(...this.#linksAt(saved.filterLinks));
		for (const { other, direction, evidence, confidence } of saved.filterRivals)
			node.filterRivals.push({ other: this.#faces.get(other) as Face, direction, evidence, confidence });
		const states = saved.arrival === undefined ? saved.handovers : [saved.arrival, ...saved.handovers];
		for (const [index, end] of endsOf(node).entries()) {
			const state = states[index];
			if (state === undefined) continue;
			end.isRipe = state.isRipe;
			end.rivals = state.rivals.map((rival) => this.#rival(rival));
			const links = this.#linksAt(state.links);
			if ("handover" in end) {
				end.links.push(...links);
				end.open.clear();
				for (const name of state.open ?? []) end.open.add(name);
			} else {
				end.isHeard = state.isHeard === true;
				end.link = links[0];
			}
		}
	}
}
