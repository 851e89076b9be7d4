/** Judges trails by what really became of the mails: links at each boundary, outcomes, clocks, and how sure is sure. */
import type { Event } from "../format/event.js";
import { oriented } from "./clock-offset.js";
import type { ClockScore, Evaluation, Mistake, RecipientScore } from "./evaluation.js";
import { push } from "./lists.js";
import type { ClockOffset, Trail, TrailHop, TrailLink, TrailRecipient } from "./trail.js";
import { CLIENT, layerOf, type Node, NodeFinder, type Truth, type TruthRecipient, type TruthTrail, zoneSeconds } from "./truth.js";

/** A hop with what the truth says of it. */
interface KnownHop {
	readonly hop: TrailHop;
	readonly nodes: readonly Node[];
	/** Mails of the truth that it belongs to. */
	readonly mails: ReadonlySet<TruthTrail>;
	/** Hops that it is linked to, in either direction. */
	readonly linked: Set<KnownHop>;
}

interface KnownTrail {
	readonly hops: readonly KnownHop[];
	readonly links: readonly TrailLink[];
	readonly recipients: readonly TrailRecipient[];
}

const RANGES = [0, 0.5, 0.9, 0.99, 1];

/** Sees all events, then all trails, then tells how good the trails are. */
export class Evaluator {
	readonly #finder: NodeFinder;
	readonly #mailsOf = new Map<Node, TruthTrail[]>();
	readonly #hopsOf = new Map<Node, KnownHop[]>();
	readonly #trails: KnownTrail[] = [];
	readonly #layersOfHost = new Map<string, string>();
	readonly #offsets = new Map<string, ClockOffset[]>();
	/** Boundaries of the truth, in its order. */
	readonly #boundaries: ReadonlySet<string>;

	constructor(readonly truth: Truth) {
		this.#finder = new NodeFinder(truth);
		for (const mail of truth.trails) for (const node of new Set(mail.links.flat())) push(this.#mailsOf, node, mail);
		this.#boundaries = new Set(truth.trails.flatMap(({ links }) => links.map(([from, to]) => boundary(layerOf(from), layerOf(to)))));
	}

	see(event: Event): void {
		this.#finder.see(event);
	}

	/** Events of the trail must have been seen before. */
	add({ hops, links, recipients, clock_offsets }: Trail): void {
		const known = hops.map((hop): KnownHop => {
			const nodes = this.#finder.nodesOf(hop.events, hop.format);
			return { hop, nodes, mails: new Set(nodes.flatMap((node) => this.#mailsOf.get(node) ?? [])), linked: new Set() };
		});
		for (const one of known) {
			if (this.truth.layers[one.hop.format] !== undefined) this.#layersOfHost.set(one.hop.host, one.hop.format);
			for (const node of one.nodes) push(this.#hopsOf, node, one);
		}
		for (const { from, to } of links) {
			const [a, b] = [known[from], known[to]];
			if (a === undefined || b === undefined) continue;
			a.linked.add(b);
			b.linked.add(a);
		}
		for (const offset of clock_offsets.map(oriented)) {
			push(this.#offsets, JSON.stringify([offset.from, offset.to]), offset);
		}
		this.#trails.push({ hops: known, links, recipients });
	}

	/** None of the hops is in the truth. */
	get isStrange(): boolean {
		return this.#hopsOf.size === 0;
	}

	finish(): Evaluation {
		const scores = new Map([...this.#boundaries].map((name) => [name, { truth: 0, found: 0, links: 0, right: 0 }]));
		const scoreOf = (name: string) => {
			const score = scores.get(name) ?? { truth: 0, found: 0, links: 0, right: 0 };
			scores.set(name, score);
			return score;
		};
		const missed: Mistake[] = [];
		const wrong: Mistake[] = [];
		for (const { links } of this.truth.trails)
			for (const [from, to] of links) {
				const name = boundary(layerOf(from), layerOf(to));
				const score = scoreOf(name);
				score.truth++;
				if (this.#isFound(from, to)) score.found++;
				else missed.push({ boundary: name, from, to });
			}
		const ranges = RANGES.slice(1).map((to, i) => ({ from: RANGES[i] ?? 0, to, links: 0, right: 0 }));
		for (const claim of this.#claims()) {
			const score = scoreOf(claim.boundary);
			score.links++;
			if (claim.isRight) score.right++;
			else wrong.push({ boundary: claim.boundary, from: claim.from, to: claim.to, ...withConfidence(claim.confidence) });
			if (claim.confidence === undefined) continue;
			const range = ranges.findLast((one) => (claim.confidence ?? 0) >= one.from);
			if (range === undefined) continue;
			range.links++;
			if (claim.isRight) range.right++;
		}
		const { recipients, wrong_recipients } = this.#recipients();
		return {
			boundaries: [...scores].map(([name, score]) => ({ boundary: name, ...score })),
			recipients,
			clocks: this.#clocks(),
			confidence: ranges.reverse(),
			wrong,
			missed,
			wrong_recipients,
		};
	}

	#isFound(from: Node, to: Node): boolean {
		const ends = this.#hopsOf.get(to) ?? [];
		if (layerOf(from) === CLIENT) return ends.some(({ hop }) => this.#finder.isClient(hop.events, from) === true);
		return (this.#hopsOf.get(from) ?? []).some((start) => ends.some((end) => start === end || start.linked.has(end)));
	}

	/** All that trails claim of hops that the truth knows: links, nodes in one hop, clients. */
	*#claims(): Generator<{ boundary: string; isRight: boolean; from: string; to: string; confidence?: number }> {
		for (const { hops, links } of this.#trails) {
			for (const { from, to, confidence } of links) {
				const [a, b] = [hops[from], hops[to]];
				// Mails that the truth does not speak of may be linked as they like.
				if (a === undefined || b === undefined || a.nodes.length + b.nodes.length === 0) continue;
				const name = this.#boundaryOf(a.hop.format, b.hop.format);
				const isRight = this.#areNeighbours(a.hop.format, b.hop.format) && [...a.mails].some((mail) => b.mails.has(mail));
				yield { boundary: name, isRight, from: nameOf(a), to: nameOf(b), confidence };
			}
			for (const one of hops) yield* this.#claimsWithin(one);
		}
	}

	*#claimsWithin(one: KnownHop): Generator<{ boundary: string; isRight: boolean; from: string; to: string }> {
		const { hop, nodes, mails } = one;
		const name = boundary(hop.format, hop.format);
		const links = [...mails].flatMap((mail) => mail.links);
		for (const [from, to] of links) if (nodes.includes(from) && nodes.includes(to)) yield { boundary: name, isRight: true, from, to };
		// What belongs to another mail than most of the hop does has no place in it.
		const own = [...mails].sort((a, b) => count(nodes, b) - count(nodes, a))[0];
		for (const node of nodes)
			if (own !== undefined && !this.#mailsOf.get(node)?.includes(own))
				yield { boundary: name, isRight: false, from: nameOf(one), to: node };
		const clients = links.filter(([from, to]) => layerOf(from) === CLIENT && nodes.includes(to)).map(([from]) => from);
		const answers = clients.map((client) => this.#finder.isClient(hop.events, client)).filter((answer) => answer !== undefined);
		if (answers.length > 0)
			yield { boundary: boundary(CLIENT, hop.format), isRight: answers.includes(true), from: clients.join(", "), to: nameOf(one) };
	}

	/** The truth may tell the same boundary the other way round. */
	#boundaryOf(from: string, to: string): string {
		const [forth, back] = [boundary(from, to), boundary(to, from)];
		return !this.#boundaries.has(forth) && this.#boundaries.has(back) ? back : forth;
	}

	#areNeighbours(a: string, b: string): boolean {
		return a === b || this.#boundaries.has(boundary(a, b)) || this.#boundaries.has(boundary(b, a));
	}

	#recipients(): Pick<Evaluation, "recipients" | "wrong_recipients"> {
		const scores = new Map<string, Score<RecipientScore>>();
		const wrong: { address: string; truth: string; found: string }[] = [];
		for (const mail of this.truth.trails) {
			const rows = this.#trailsOf(mail).flatMap((trail) => trail.recipients);
			for (const recipient of mail.recipients) {
				const score = scores.get(recipient.final) ?? { truth: 0, right: 0, decided: 0, replies: 0, right_replies: 0 };
				scores.set(recipient.final, score);
				const found = rows.find(({ address }) => isSameAddress(address, recipient.address));
				score.truth++;
				if (found !== undefined && isOutcomeRight(recipient, found)) score.right++;
				else wrong.push({ address: recipient.address, truth: recipient.final, found: found?.outcome ?? "nothing" });
				if (found === undefined) continue;
				// No layer decides that a client goes away.
				const decider = found.outcome === "aborted" ? CLIENT : found.decided_by;
				if (decider === recipient.decided_by_layer) score.decided++;
				const [reply, told] = [recipient.smtp_code ?? undefined, found.smtp?.code];
				if (reply !== undefined && told !== undefined) score.replies++;
				if (reply !== undefined && told === reply) score.right_replies++;
			}
		}
		const sorted = [...scores].map(([outcome, score]) => ({ outcome, ...score })).sort((a, b) => b.truth - a.truth);
		return { recipients: sorted, wrong_recipients: wrong };
	}

	/** The trails that a mail is in: first that which knows most of it, and of those that know as much the later one. */
	#trailsOf(mail: TruthTrail): KnownTrail[] {
		const trails = this.#trails.filter(({ hops }) => hops.some(({ mails }) => mails.has(mail)));
		const known = ({ hops }: KnownTrail): number => hops.reduce((sum, { nodes }) => sum + count(nodes, mail), 0);
		const start = ({ hops }: KnownTrail): string => hops[0]?.hop.start ?? "";
		return trails.sort((a, b) => known(b) - known(a) || (start(a) < start(b) ? 1 : -1));
	}

	#clocks(): ClockScore[] {
		return [...this.#offsets.values()].flatMap((offsets) => {
			const { from = "", to = "" } = offsets[0] ?? {};
			const [a, b] = [this.#clockOf(from), this.#clockOf(to)];
			if (a === undefined || b === undefined) return [];
			const zone = b.zone - a.zone;
			const truth = b.skew - a.skew + zone;
			const byError = offsets.toSorted((x, y) => Math.abs(x.seconds - truth) - Math.abs(y.seconds - truth));
			return {
				from,
				to,
				trails: offsets.length,
				truth,
				found: median(offsets.map(({ seconds }) => seconds)),
				worst_error: Math.abs((byError.at(-1)?.seconds ?? truth) - truth),
				uncertainty: median(offsets.map(({ uncertainty_seconds }) => uncertainty_seconds)),
				truth_zone: zone,
				right_zone: offsets.filter(({ zone_seconds = 0 }) => zone_seconds === zone).length,
			};
		});
	}

	/** Seconds that a clock was ahead, and seconds that its stamps were read wrong for another zone. */
	#clockOf(host: string): { readonly skew: number; readonly zone: number } | undefined {
		const layer = this.#layersOfHost.get(host);
		const truth = layer === undefined ? undefined : this.truth.layers[layer];
		if (layer === undefined || truth === undefined) return undefined;
		return { skew: truth.skew_s, zone: zoneSeconds(truth.zone) - (this.#finder.zones.get(layer) ?? 0) };
	}
}

/** What is counted, without what it is counted for. */
type Score<T> = { -readonly [Key in keyof T as T[Key] extends number ? Key : never]: T[Key] };

const boundary = (from: string, to: string): string => `${from} - ${to}`;

/** How many of the nodes are of this mail. */
const count = (nodes: readonly Node[], { links }: TruthTrail): number =>
	nodes.filter((node) => links.some((link) => link.includes(node))).length;

const nameOf = ({ hop, nodes }: KnownHop): string => nodes[0] ?? `${hop.format}: ${hop.events[0] ?? ""}`;

const withConfidence = (confidence: number | undefined): { readonly confidence?: number } =>
	confidence === undefined ? {} : { confidence };

const isSameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Each copy ended as the truth says, and one mailbox did not become several; of a list whose members fared differently, each member did. */
function isOutcomeRight({ final, expanded: members = [] }: TruthRecipient, { outcome, expanded = [] }: TrailRecipient): boolean {
	if (members.length === 0 && expanded.length > 1) return false;
	if (final !== "mixed") return outcome === final && expanded.every((end) => end.outcome === final);
	return members.every((member) => {
		const own = expanded.filter(({ address }) => isSameAddress(address, member.address));
		return own.length > 0 && own.every((end) => end.outcome === member.final);
	});
}

function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const half = sorted.length / 2;
	return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
}
