/** Joins hops of one layer: what the log itself relates, and the tries of one mail. */
import type { Relation } from "../format/trail.js";
import type { Clocks } from "./clocks.js";
import { type ArrivalEnd, addressKey, type Link, type Node } from "./nodes.js";
import type { Evidence } from "./trail.js";

/** Ids are used again: a relation names the hop that is nearest in time, and not farther. */
const SAME_ID = 5 * 86_400_000;
/** Between a try and the next one. */
const RETRY = 86_400_000;
/** Mails of one sender to the same recipients that wait for their next try; of more the first ones are not waited for. */
const MOST_TRIES = 100;
/** Tries that are told in one trail; who tries more often has another trail. */
const MOST_IN_A_TRAIL = 200;
/** Sender, recipients and client are the same; the same Message-ID says more, but a try that ends before the content has none. */
const RETRY_CONFIDENCE = { withMessageId: 0.97, without: 0.85 } as const;

export class Relations {
	readonly #clocks: Clocks;
	readonly #accept: (link: Link) => void;
	/** Senders choose Message-IDs: many hops may have one. */
	readonly #byId = new Map<string, Set<Node>>();
	/** Relations whose other hop did not come yet, and whose they are, by its id. */
	readonly #waiting = new Map<string, Map<Relation, Node>>();
	/** Tries that failed for now, by who sent what to whom. */
	readonly #tries = new Map<string, Node[]>();
	/** The how-manieth try of its mail it is. */
	readonly #places = new WeakMap<Node, number>();

	constructor(clocks: Clocks, accept: (link: Link) => void) {
		this.#clocks = clocks;
		this.#accept = accept;
	}

	add(node: Node): void {
		for (const key of idKeys(node)) {
			this.#byId.set(key, (this.#byId.get(key) ?? new Set()).add(node));
			for (const [relation, other] of this.#waiting.get(key) ?? []) this.#relate(other, relation);
		}
		for (const relation of node.relations) {
			const key = otherKey(node, relation);
			this.#waiting.set(key, (this.#waiting.get(key) ?? new Map()).set(relation, node));
		}
		for (const relation of node.relations) this.#relate(node, relation);
	}

	#relate(node: Node, relation: Relation): void {
		const distance = (other: Node): number => Math.max(0, other.hop.start - node.hop.end, node.hop.start - other.hop.end);
		// Both name each other: of several hops under one Message-ID it is the one that this is joined with already.
		const joined = new Set(node.links.filter(({ kind }) => kind === relation.kind).flatMap(({ from, to }) => [from, to]));
		let other: Node | undefined;
		for (const one of this.#byId.get(otherKey(node, relation)) ?? []) {
			if (one === node || distance(one) > SAME_ID) continue;
			if (joined.has(one)) {
				other = one;
				break;
			}
			if (other === undefined || distance(one) < distance(other)) other = one;
		}
		if (other === undefined) return;
		node.relations = node.relations.filter((one) => one !== relation);
		remove(this.#waiting, otherKey(node, relation), relation);
		if (joined.has(other)) return;
		const evidence: Evidence[] = [{ kind: "relation", weight: 12, values: { value: relation.id } }];
		const [from, to] = relation.role === "result" ? [node, other] : [other, node];
		this.#accept({ from, to, kind: relation.kind, evidence, confidence: 0.99, events: [relation.event] });
	}

	/** A try whose sender, recipients and client are those of an earlier one that was put off. Tries come in the order of their time. */
	retry(node: Node): void {
		const key = tryKey(node);
		const { arrival } = node;
		if (key === undefined || arrival === undefined || arrival.link !== undefined) return;
		const earlier = (this.#tries.get(key) ?? []).filter((one) => {
			const before = one.arrival?.time ?? 0;
			return before < arrival.time && arrival.time - before <= RETRY && isSameMail(one, node);
		});
		// Of two mails that wait for their next try it is not known whose this is.
		const mails = new Set(earlier.map((one) => one.arrival?.messageIds[0] ?? ""));
		mails.delete("");
		const previous = earlier.at(-1);
		if (previous !== undefined && mails.size <= 1) {
			this.#forget(key, previous);
			const place = this.#places.get(previous) ?? 1;
			if (place < MOST_IN_A_TRAIL) this.#joinTry(previous, node, arrival, place + 1);
		}
		if (!isPutOff(node)) return;
		const tries = this.#tries.get(key) ?? [];
		this.#tries.set(key, tries);
		tries.push(node);
		if (tries.length > MOST_TRIES) tries.shift();
	}

	#joinTry(previous: Node, node: Node, arrival: ArrivalEnd, place: number): void {
		this.#places.set(node, place);
		const seconds = Math.round((arrival.time - (previous.arrival?.time ?? 0)) / 1000);
		const shared = arrival.messageIds.find((id) => previous.arrival?.messageIds.includes(id));
		const evidence: Evidence[] = [
			{ kind: "sender", weight: 2, values: { value: arrival.from ?? "" } },
			{ kind: "recipient", weight: 2, values: { value: [...arrival.to] } },
			{ kind: "time", weight: 0, values: { seconds } },
		];
		if (shared !== undefined) evidence.push({ kind: "message_id", weight: 4, values: { value: shared } });
		const confidence = shared === undefined ? RETRY_CONFIDENCE.without : RETRY_CONFIDENCE.withMessageId;
		this.#accept({ from: previous, to: node, kind: "retry", evidence, confidence, events: [] });
	}

	#forget(key: string, node: Node): void {
		const rest = (this.#tries.get(key) ?? []).filter((one) => one !== node);
		if (rest.length === 0) this.#tries.delete(key);
		else this.#tries.set(key, rest);
	}

	/** Whether another hop of its layer may still join it. */
	isAwaited(node: Node, now: number): boolean {
		if (node.relations.length > 0) return true;
		const key = tryKey(node);
		const isOpen = key !== undefined && (this.#tries.get(key)?.includes(node) ?? false);
		return isOpen && now - this.#clocks.corrected(node.layer.host, node.hop.end) < RETRY;
	}

	drop(node: Node): void {
		for (const key of idKeys(node)) remove(this.#byId, key, node);
		for (const relation of node.relations) remove(this.#waiting, otherKey(node, relation), relation);
		const key = tryKey(node);
		if (key !== undefined) this.#forget(key, node);
	}
}

const idKeys = ({ layer, hop }: Node): string[] => {
	const { session_id, queue_id, file, transaction_id, message_id } = hop.ids;
	const ids = [...session_id, ...queue_id, ...file, ...transaction_id, ...message_id, ...hop.events.slice(0, 1)];
	return [...new Set(ids)].map((id) => `${layer.key}\n${id}`);
};

const otherKey = ({ layer }: Node, { id }: Relation): string => `${layer.key}\n${id}`;

/** Who sent what to whom. */
function tryKey({ layer, arrival, hop }: Node): string | undefined {
	const client = arrival?.arrival.client.ip;
	if (arrival === undefined || client === undefined || arrival.from === undefined || arrival.to.size === 0) return undefined;
	return [layer.key, client, arrival.from, ...hop.recipients.map(({ address }) => addressKey(address)).sort()].join("\n");
}

/** Every recipient was told to come again. */
const isPutOff = ({ arrival, hop }: Node): boolean =>
	arrival?.arrival.isAccepted === false && hop.recipients.length > 0 && hop.recipients.every(({ outcome }) => outcome === "deferred");

const isSameMail = (one: Node, other: Node): boolean => {
	const [a, b] = [one.arrival?.messageIds ?? [], other.arrival?.messageIds ?? []];
	return a.length === 0 || b.length === 0 || a.some((id) => b.includes(id));
};

/** Takes a member out, and the set when that was the last one. */
function remove<Member>(map: Map<string, { delete(member: Member): boolean; readonly size: number }>, key: string, member: Member): void {
	const members = map.get(key);
	members?.delete(member);
	if (members?.size === 0) map.delete(key);
}
