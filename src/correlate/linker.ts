/** Hops in, trails out: what is ripe is linked, round by round, and a trail is written when nothing more is awaited. */
import type { Hop } from "../format/trail.js";
import type { Clocks } from "./clocks.js";
import { FILTER_GRACE } from "./contact-table.js";
import { Course, GRACE, Ripening } from "./course.js";
import { Filters } from "./filters.js";
import { Handovers } from "./handovers.js";
import type { Names } from "./names.js";
import { endsOf, type Group, isFilter, type Layer, type Link, type Node, nodeOf } from "./nodes.js";
import type { Deciders } from "./outcomes.js";
import type { Quotes } from "./quotes.js";
import { Relations } from "./relations.js";
import type { Trail } from "./trail.js";
import { trailOf } from "./trails.js";

/** Which hosts hand to which is not believed before so many links. */
const ENOUGH_LINKS = 50;
/** So many hops without them: then these layers hand nothing to each other, and none waits for another. */
const ENOUGH_HOPS = 5000;
const MINUTE = 60_000;

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

	get links(): number {
		return this.#links;
	}

	add(layer: Layer, hop: Hop): void {
		const node = nodeOf(this.#nodes++, layer, hop, this.#quotes, this.#course.passed);
		this.#layers.set(layer.key, layer);
		this.#names.addHost(layer);
		this.#handovers.add(node);
		this.#filters.add(node);
		this.#fresh.add(node, this.#start(node) + GRACE, GRACE);
		if (!isFilter(node)) return this.#relations.add(node);
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
			unite(from.group, to.group);
		}
		this.#plan(from.group, this.#course.now, 0);
	}

	/** Looks at it in the minute after a time, or when it has waited for so many milliseconds. */
	#plan(group: Group, time: number, wait: number): void {
		const next = (Math.floor(Math.max(time, this.#course.now) / MINUTE) + 1) * MINUTE;
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
		if (group.isWritten || members.some(isShared)) return;
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
		if (endsOf(node).some((end) => this.#handovers.isAwaited(end))) return this.#expiry;
		let wait = Math.min(this.#expiry, Math.max(GRACE, this.#relations.awaits(node)));
		if (node.hop.filterings.length === 0 || node.face.isFiltered) return wait;
		if (isFilter(node)) wait = this.#expiry;
		else if (this.#filterLayers.has(node.layer.host) || this.#nodes < ENOUGH_HOPS)
			wait = Math.max(wait, Math.min(this.#expiry, FILTER_GRACE));
		return wait;
	}

	#write(group: Group): Trail {
		group.isWritten = true;
		const { members } = group;
		const trail = trailOf(members, this.#clocks, this.#handovers, this.#deciders);
		for (const node of members) {
			this.#handovers.drop(node);
			this.#relations.drop(node);
			this.#filters.drop(node);
			// What was told is not kept: rivals would hold their rivals without end.
			for (const { filterRivals } of [node, ...node.filterLinks.map(({ to }) => to)]) filterRivals.length = 0;
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
const isShared = (node: Node): boolean => isFilter(node) && node.face.isFiltered;

/** Makes one of two, in the larger one. */
function unite(one: Group, other: Group): void {
	if (one === other) return;
	const [few, many] = one.members.length < other.members.length ? [one, other] : [other, one];
	for (const node of few.members) {
		node.group = many;
		many.members.push(node);
	}
	few.members.length = 0;
	few.isWritten = true;
}
