/** Hops in, trails out: what is ripe is linked, round by round, and a trail is written when nothing more is awaited. */
import type { Hop } from "../format/trail.js";
import type { Clocks } from "./clocks.js";
import { Filters } from "./filters.js";
import { Handovers } from "./handovers.js";
import { push } from "./lists.js";
import type { Names } from "./names.js";
import { isFilter, type Layer, type Link, type Node, nodeOf } from "./nodes.js";
import type { Deciders } from "./outcomes.js";
import type { Quotes } from "./quotes.js";
import { Relations } from "./relations.js";
import type { Trail } from "./trail.js";
import { membersOf, trailOf } from "./trails.js";

/** Late lines and late hops come within this time, in milliseconds. */
const GRACE = 120_000;
/** A connection whose filter session is not found after this time has none. */
const FILTER_GRACE = 3_600_000;
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
	readonly #layers = new Map<string, Layer>();
	/** Host → its filters. */
	readonly #filterLayers = new Map<string, Map<string, Layer>>();
	#nodes = 0;
	#links = 0;
	/** Hops that were not linked within their layer yet. */
	#fresh: Node[] = [];
	/** Minute → hops that are looked at then. */
	readonly #agenda = new Map<number, Node[]>();
	#now = Number.NEGATIVE_INFINITY;

	constructor(clocks: Clocks, names: Names, expiry: number, quotes: Quotes = () => []) {
		this.#clocks = clocks;
		this.#names = names;
		this.#expiry = expiry;
		this.#quotes = quotes;
		const accept = (link: Link): void => this.#accept(link);
		this.#handovers = new Handovers(clocks, names, accept);
		this.#filters = new Filters(clocks, accept);
		this.#relations = new Relations(clocks, accept);
	}

	get links(): number {
		return this.#links;
	}

	add(layer: Layer, hop: Hop): void {
		const node = nodeOf(this.#nodes++, layer, hop, this.#quotes);
		this.#layers.set(layer.key, layer);
		this.#names.addHost(layer);
		this.#handovers.add(node);
		this.#filters.add(node);
		this.#fresh.push(node);
		if (!isFilter(node)) return this.#relations.add(node);
		const filters = this.#filterLayers.get(layer.host) ?? new Map<string, Layer>();
		this.#filterLayers.set(layer.host, filters.set(layer.key, layer));
	}

	get fresh(): number {
		return this.#fresh.length;
	}

	#accept(link: Link): void {
		this.#links++;
		if (link.kind === "filter") return;
		link.from.links.push(link);
		link.to.links.push(link);
		this.#plan(link.from, this.#now);
	}

	#plan(node: Node, at: number): void {
		const minute = Math.floor(Math.max(at, this.#now) / MINUTE) + 1;
		push(this.#agenda, minute, node);
	}

	/** Links what is ripe at a corrected time, and gives the trails that are complete. */
	*round(now: number): Generator<Trail> {
		this.#now = now;
		this.#link(now - GRACE);
		this.#filters.forget(now - this.#expiry, now - FILTER_GRACE);
		const due = [...this.#agenda.keys()].filter((minute) => minute * MINUTE <= now).sort((a, b) => a - b);
		for (const minute of due) {
			const nodes = this.#agenda.get(minute) ?? [];
			this.#agenda.delete(minute);
			for (const node of nodes) yield* this.#close(node);
		}
	}

	/** There are no more hops. */
	*end(): Generator<Trail> {
		this.#link(Number.POSITIVE_INFINITY);
		const open = new Set([...this.#agenda.keys()].sort((a, b) => a - b).flatMap((minute) => this.#agenda.get(minute) ?? []));
		this.#agenda.clear();
		const nodes = [...open]
			.filter((node) => !node.isWritten && !isShared(node))
			.sort((a, b) => this.#start(a) - this.#start(b) || a.number - b.number);
		for (const node of nodes) if (!node.isWritten) yield this.#write(membersOf(node));
	}

	#start({ layer, hop }: Node): number {
		return this.#clocks.corrected(layer.host, hop.start);
	}

	#link(until: number): void {
		this.#handovers.judge(until);
		this.#filters.judge(until);
		const ripe = this.#fresh.filter((node) => this.#start(node) <= until);
		this.#fresh = this.#fresh.filter((node) => this.#start(node) > until);
		for (const node of ripe.sort((a, b) => this.#start(a) - this.#start(b) || a.number - b.number)) {
			this.#relations.retry(node);
			this.#plan(node, this.#now);
		}
	}

	*#close(node: Node): Generator<Trail> {
		if (node.isWritten || isShared(node)) return;
		const members = membersOf(node);
		const waiting = members.find((member) => !this.#isSettled(member));
		if (waiting === undefined) yield this.#write(members);
		else {
			// The longer nothing came, the rarer it is looked for.
			const age = Math.max(0, this.#now - this.#clocks.corrected(waiting.layer.host, waiting.hop.end));
			this.#plan(node, this.#now + Math.min(age / 2, this.#expiry / 8));
		}
	}

	#isSettled(node: Node): boolean {
		const age = this.#now - this.#clocks.corrected(node.layer.host, node.hop.end);
		if (age >= this.#expiry) return true;
		const isKnown = this.#clocks.isWhole && this.#handovers.knowledge.links >= ENOUGH_LINKS;
		if (age < GRACE || (!isKnown && this.#nodes < ENOUGH_HOPS)) return false;
		if (node.arrival !== undefined && this.#handovers.isAwaited(node.arrival)) return false;
		if (node.handovers.some((end) => this.#handovers.isAwaited(end))) return false;
		if (node.hop.filterings.length > 0 && !node.face.isFiltered && (isFilter(node) || (this.#hasFilter(node) && age < FILTER_GRACE)))
			return false;
		return !this.#relations.isAwaited(node, this.#now);
	}

	#hasFilter({ layer }: Node): boolean {
		return this.#filterLayers.has(layer.host) || this.#nodes < ENOUGH_HOPS;
	}

	#write(members: readonly Node[]): Trail {
		const trail = trailOf(members, this.#clocks, this.#handovers, this.#deciders);
		for (const node of members) {
			node.isWritten = true;
			this.#handovers.drop(node);
			this.#relations.drop(node);
			this.#filters.drop(node);
			// What was told is not kept: rivals would hold their rivals, and sessions the trails of their mails, without end.
			for (const { filterRivals } of [node, ...node.filterLinks.map(({ to }) => to)]) filterRivals.length = 0;
			for (const { to: session } of node.filterLinks) session.filterLinks = session.filterLinks.filter(({ from }) => from !== node);
			for (const end of [node.arrival, ...node.handovers]) if (end !== undefined) end.rivals = [];
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
