/** Hops in, trails out: what is ripe is linked, round by round, and a trail is written when nothing more is awaited. */
import { CLOSED_EARLY } from "../format/hop.js";
import type { Hop } from "../format/trail.js";
import type { Clocks } from "./clocks.js";
import { FILTER_GRACE } from "./contact-table.js";
import { Course, type CourseState, GRACE, Ripening, type RipeningState } from "./course.js";
import { Filters, type FiltersState } from "./filters.js";
import { Handovers, type HandoversState } from "./handovers.js";
import type { Names } from "./names.js";
import { endsOf, type Group, type Layer, type Link, type Node, nodeOf } from "./nodes.js";
import type { Deciders } from "./outcomes.js";
import type { Quotes } from "./quotes.js";
import { Relations, type RelationsState } from "./relations.js";
import { LoadedNodes, NodeSaver, type SavedNodes } from "./saved-nodes.js";
import type { Trail } from "./trail.js";
import { trailOf } from "./trails.js";

/** Which hosts hand to which is not believed before so many links. */
const ENOUGH_LINKS = 50;
/** So many hops without them: then these layers hand nothing to each other, and none waits for another. */
const ENOUGH_HOPS = 5000;
const MINUTE = 60_000;

/** So many trails are open at once. */
const MOST_OPEN = 30_000;

export interface LinkerState {
	readonly course: CourseState;
	/** Keys of layers, and of those that are filters. */
	readonly layers: readonly string[];
	readonly filters: readonly string[];
	readonly hops: number;
	readonly links: number;
	/** Numbers of hops. */
	readonly fresh: RipeningState<number>;
	/** Places of groups. */
	readonly agenda: RipeningState<number>;
	readonly early?: readonly number[] | undefined;
	readonly open: readonly number[];
	readonly handovers: HandoversState;
	readonly contacts: FiltersState;
	readonly relations: RelationsState;
	readonly nodes: SavedNodes;
}

export class Linker {
	readonly #clocks: Clocks;
	readonly #names: Names;
	readonly #handovers: Handovers;
	readonly #filters: Filters;
	readonly #relations: Relations;
	readonly #expiry: number;
	readonly #quotes: Quotes;
	readonly #course = new Course();
	readonly #layers = new Map<string, Layer>();
	/** Host → its filters. */
	readonly #filterLayers = new Map<string, Map<string, Layer>>();
	#nodes = 0;
	#links = 0;
	/** Hops that were not linked within their layer yet. */
	readonly #fresh = new Ripening<Node>(this.#course);
	/** What is not written, but sessions of filters: the oldest first. */
	readonly #open = new Set<Group>();
	/** What is looked at when its time has come. */
	readonly #agenda = new Ripening<Group>(this.#course);
	/** Looked at before it was known which layers hand to which; undefined when that is known. */
	#early: Group[] | undefined = [];

	constructor(clocks: Clocks, names: Names, expiry: number, quotes: Quotes = () => []) {
		this.#clocks = clocks;
		this.#names = names;
		this.#expiry = expiry;
		this.#quotes = quotes;
		const accept = (link: Link): void => this.#accept(link);
		this.#handovers = new Handovers(clocks, names, this.#course, accept);
		this.#filters = new Filters(clocks, this.#course, expiry, accept);
		this.#relations = new Relations(accept);
	}

	/** All that it knows but clocks and names, as plain data. */
	save(): LinkerState {
		const nodes = new NodeSaver();
		const isOpen = (group: Group): boolean => !group.isWritten;
		const group = (one: Group): number | undefined => (isOpen(one) ? nodes.group(one) : undefined);
		const state = {
			course: this.#course.save(),
			layers: [...this.#layers.keys()],
			filters: Array.from(this.#filterLayers.values(), (layers) => [...layers.keys()]).flat(),
			hops: this.#nodes,
			links: this.#links,
			fresh: this.#fresh.save((node) => nodes.node(node)),
			agenda: this.#agenda.save(group),
			early: this.#early?.filter(isOpen).map((one) => nodes.group(one)),
			open: Array.from(this.#open, (one) => nodes.group(one)),
			handovers: this.#handovers.save(nodes),
			contacts: this.#filters.save(nodes),
			relations: this.#relations.save(nodes),
		};
		return { ...state, nodes: nodes.save() };
	}

	/** Goes on from a state, with layers by their keys. */
	load(state: LinkerState, layers: ReadonlyMap<string, Layer>): void {
		const nodes = new LoadedNodes(state.nodes, layers, this.#quotes);
		this.#course.load(state.course);
		for (const key of state.layers) this.#layers.set(key, layers.get(key) as Layer);
		for (const key of state.filters) this.#addFilter(layers.get(key) as Layer);
		this.#nodes = state.hops;
		this.#links = state.links;
		this.#fresh.load(state.fresh, (number) => nodes.node(number));
		this.#agenda.load(state.agenda, (place) => nodes.group(place));
		this.#early = state.early?.map((place) => nodes.group(place));
		for (const place of state.open) this.#open.add(nodes.group(place));
		this.#handovers.load(state.handovers, nodes);
		this.#filters.load(state.contacts, nodes);
		this.#relations.load(state.relations, nodes);
	}

	get links(): number {
		return this.#links;
	}

	add(layer: Layer, hop: Hop): void {
		const node = nodeOf(this.#nodes++, layer, hop, this.#quotes, this.#course.passed);
		this.#open.add(node.group);
		this.#layers.set(layer.key, layer);
		this.#names.addHost(layer);
		this.#handovers.add(node);
		this.#filters.add(node);
		this.#fresh.add(node, this.#start(node) + GRACE, GRACE);
		if (!node.isFilter) return this.#relations.add(node);
		this.#addFilter(layer);
	}

	#addFilter(layer: Layer): void {
		const filters = this.#filterLayers.get(layer.host) ?? new Map<string, Layer>();
		this.#filterLayers.set(layer.host, filters.set(layer.key, layer));
	}

	get fresh(): number {
		return this.#fresh.size;
	}

	#accept(link: Link): void {
		this.#links++;
		const { from, to, kind } = link;
		if (kind !== "filter") {
			from.links.push(link);
			to.links.push(link);
			const left = unite(from.group, to.group);
			if (left !== undefined) this.#open.delete(left);
		}
		this.#plan(from.group, this.#course.now, 0);
	}

	/** Looks at it in the minute after a time, or when it has waited for so many milliseconds. */
	#plan(group: Group, time: number, wait: number): void {
		const next = (Math.floor(Math.max(time, this.#course.now, 0) / MINUTE) + 1) * MINUTE;
		this.#agenda.add(group, next, wait);
	}

	/** Links what is ripe at a corrected time, and gives the trails that are complete. */
	*round(now: number): Generator<Trail> {
		this.#course.go(now);
		this.#link();
		this.#filters.forget();
		if (this.#early !== undefined && this.#isKnown()) {
			for (const group of this.#early) this.#plan(group, now, 0);
			this.#early = undefined;
		}
		for (const group of this.#agenda.take()) yield* this.#close(group);
		for (const group of this.#open) {
			if (this.#open.size <= MOST_OPEN) break;
			if (group.members.some(isShared)) this.#open.delete(group);
			else yield this.#giveUp(group);
		}
	}

	/** Writes what waits for more, where too much does. */
	#giveUp(group: Group): Trail {
		const trail = this.#write(group);
		for (const { missing } of trail.hops) if (!missing.includes(CLOSED_EARLY)) missing.push(CLOSED_EARLY);
		return trail;
	}

	/** Whether it is known which layers hand to which. */
	#isKnown(): boolean {
		return (this.#clocks.isWhole && this.#handovers.knowledge.links >= ENOUGH_LINKS) || this.#nodes >= ENOUGH_HOPS;
	}

	/** There are no more hops. */
	*end(): Generator<Trail> {
		this.#course.go(Number.POSITIVE_INFINITY);
		this.#link();
		const nodes = [...new Set(this.#agenda.take())]
			.filter((group) => !group.isWritten)
			.flatMap(({ members }) => members)
			.filter((node) => !isShared(node))
			.sort((a, b) => this.#start(a) - this.#start(b) || a.number - b.number);
		for (const { group } of nodes) if (!group.isWritten) yield this.#write(group);
	}

	#start({ layer, hop }: Node): number {
		return this.#clocks.corrected(layer.host, hop.start);
	}

	#link(): void {
		this.#handovers.judge();
		this.#filters.judge();
		const ripe = this.#fresh.take().sort((a, b) => this.#start(a) - this.#start(b) || a.number - b.number);
		for (const node of ripe) {
			this.#relations.retry(node);
			this.#plan(node.group, this.#course.now, 0);
		}
	}

	*#close(group: Group): Generator<Trail> {
		const { members } = group;
		if (group.isWritten) return;
		if (members.some(isShared)) return void this.#open.delete(group);
		for (let node = members[group.settled]; node !== undefined; node = members[++group.settled]) {
			const wait = this.#waitOf(node);
			const end = this.#clocks.corrected(node.layer.host, node.hop.end) + wait;
			if (!this.#course.isOver(end, node.since, wait)) return this.#plan(group, end, wait);
		}
		yield this.#write(group);
	}

	/** For how long after its end something is awaited for a hop, in milliseconds. */
	#waitOf(node: Node): number {
		if (this.#early !== undefined) {
			this.#early.push(node.group);
			return this.#expiry;
		}
		if (this.#handovers.awaits(node)) return this.#expiry;
		const wait = Math.min(this.#expiry, Math.max(GRACE, this.#relations.awaits(node)));
		if (node.hop.filterings.length === 0 || node.face.isFiltered) return wait;
		if (node.isFilter) return this.#expiry;
		const hasFilter = this.#filterLayers.has(node.layer.host) || this.#nodes < ENOUGH_HOPS;
		return hasFilter ? Math.max(wait, Math.min(this.#expiry, FILTER_GRACE)) : wait;
	}

	#write(group: Group): Trail {
		group.isWritten = true;
		this.#open.delete(group);
		const { members } = group;
		const trail = trailOf(members, this.#clocks, this.#handovers, this.#deciders);
		for (const node of members) {
			this.#handovers.drop(node);
			this.#relations.drop(node);
			this.#filters.drop(node);
			// What was told is not kept: rivals would hold their rivals without end.
			node.filterRivals.length = 0;
			for (const { to } of node.filterLinks) to.filterRivals.length = 0;
			for (const end of endsOf(node)) end.rivals = [];
		}
		return trail;
	}

	readonly #deciders: Deciders = {
		filterOf: (host) => {
			const layers = [...(this.#filterLayers.get(host)?.values() ?? [])];
			return layers.length === 1 ? layers[0] : undefined;
		},
		layerOfServer: (server) => this.#layers.get(this.#handovers.knowledge.layerOfServer(server) ?? ""),
	};
}

/** A filter session that stands in the trails of its mails. */
const isShared = ({ isFilter, face }: Node): boolean => isFilter && face.isFiltered;

/** Makes one of two, in the larger one; gives the one that is no more. */
function unite(one: Group, other: Group): Group | undefined {
	if (one === other) return undefined;
	const [few, many] = one.members.length < other.members.length ? [one, other] : [other, one];
	for (const node of few.members) {
		node.group = many;
		many.members.push(node);
	}
	few.members.length = 0;
	few.isWritten = true;
	return few;
}
