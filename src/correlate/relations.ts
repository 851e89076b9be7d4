/** Joins hops of one layer: what the log itself relates, and the tries of one mail. */
import { push } from "./lists.js";
import { MultiMap } from "./multimap.js";
import { type ArrivalEnd, addressKey, type Link, type Node, type Waiting } from "./nodes.js";
import type { Evidence } from "./trail.js";

/** Ids are used again: a relation names the hop that is nearest in time, and not farther. */
const SAME_ID = 5 * 86_400_000;
/** Between a try and the next one. */
const RETRY = 86_400_000;
/** Hops under one id, the latest: senders choose Message-IDs. */
const MOST_OF_ID = 1000;
/** Mails of one sender to the same recipients that wait for their next try; of more the first ones are not waited for. */
const MOST_TRIES = 100;
/** Tries that are told in one trail; who tries more often has another trail. */
const MOST_IN_A_TRAIL = 200;
/** Sender, recipients and client are the same; the same Message-ID says more, but a try that ends before the content has none. */
const RETRY_CONFIDENCE = { withMessageId: 0.97, without: 0.85 } as const;

export class Relations {
	readonly #accept: (link: Link) => void;
	/** Senders choose Message-IDs: many hops may have one. */
	readonly #byId = new MultiMap<Node>();
	/** Relations whose other hop did not come yet, and whose they are, by its id. */
	readonly #waiting = new MultiMap<Waiting>();
	/** Tries that failed for now, by who sent what to whom. */
	readonly #tries = new Map<string, Node[]>();
	/** Under which key a try stands there. */
	readonly #keys = new Map<Node, string>();

	constructor(accept: (link: Link) => void) {
		this.#accept = accept;
	}

	add(node: Node): void {
		for (const key of idKeys(node)) {
			this.#byId.add(key, node);
			const [oldest] = this.#byId.count(key) > MOST_OF_ID ? this.#byId.get(key) : [];
			if (oldest !== undefined) this.#byId.delete(key, oldest);
			for (const waiting of [...this.#waiting.get(key)]) this.#relate(waiting);
		}
		for (const waiting of node.relations) {
			this.#waiting.add(otherKey(waiting), waiting);
			this.#relate(waiting);
		}
	}

	#relate(waiting: Waiting): void {
		const { node, relation } = waiting;
		const { kind, id, role, event } = relation;
		const distance = (other: Node): number => Math.max(0, other.hop.start - node.hop.end, node.hop.start - other.hop.end);
		const isOther = (one: Node): boolean => one !== node && distance(one) <= SAME_ID;
		const others = [...this.#byId.get(otherKey(waiting))].filter(isOther);
		// Both name each other: of several hops under one Message-ID it is the one that this is joined with already.
		const joined = others.find((one) => isJoined(node, one, kind));
		let other = joined;
		for (const one of joined === undefined ? others : []) if (other === undefined || distance(one) < distance(other)) other = one;
		if (other === undefined) return;
		node.relations.delete(waiting);
		this.#waiting.delete(otherKey(waiting), waiting);
		if (joined !== undefined) return;
		const evidence: Evidence[] = [{ kind: "relation", weight: 12, values: { value: id } }];
		const [from, to] = role === "result" ? [node, other] : [other, node];
		this.#accept({ from, to, kind, evidence, confidence: 0.99, events: [event] });
	}

	/** A try whose sender, recipients and client are those of an earlier one that was put off. Tries come in the order of their time. */
	retry(node: Node): void {
		const { arrival } = node;
		const isTry = isPutOff(node);
		if (arrival === undefined || arrival.link !== undefined || (!isTry && this.#tries.size === 0)) return;
		const key = tryKey(node);
		if (key === undefined) return;
		const earlier = (this.#tries.get(key) ?? []).filter((one) => {
			const before = one.arrival?.time ?? 0;
			return before < arrival.time && arrival.time - before <= RETRY && isSameMail(one, node);
		});
		// Of two mails that wait for their next try it is not known whose this is.
		const mails = new Set(earlier.map((one) => one.arrival?.messageIds[0] ?? ""));
		mails.delete("");
		const previous = earlier.at(-1);
		if (previous !== undefined && mails.size <= 1) {
			this.#forget(previous);
			if (previous.attempt < MOST_IN_A_TRAIL) this.#joinTry(previous, node, arrival);
		}
		if (!isTry) return;
		push(this.#tries, key, node);
		this.#keys.set(node, key);
		const [oldest, ...others] = this.#tries.get(key) ?? [];
		if (oldest !== undefined && others.length >= MOST_TRIES) this.#forget(oldest);
	}

	#joinTry(previous: Node, node: Node, arrival: ArrivalEnd): void {
		node.attempt = previous.attempt + 1;
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

	#forget(node: Node): void {
		const key = this.#keys.get(node);
		if (key === undefined) return;
		this.#keys.delete(node);
		const rest = (this.#tries.get(key) ?? []).filter((one) => one !== node);
		if (rest.length === 0) this.#tries.delete(key);
		else this.#tries.set(key, rest);
	}

	/** For how many milliseconds after its end another hop of its layer may still join it; 0 when none is awaited. */
	awaits(node: Node): number {
		if (node.relations.size > 0) return Number.POSITIVE_INFINITY;
		return this.#keys.has(node) ? RETRY : 0;
	}

	drop(node: Node): void {
		for (const key of idKeys(node)) this.#byId.delete(key, node);
		for (const waiting of node.relations) this.#waiting.delete(otherKey(waiting), waiting);
		this.#forget(node);
	}
}

const isJoined = (one: Node, other: Node, kind: Link["kind"]): boolean => {
	const [few, many] = one.links.length < other.links.length ? [one, other] : [other, one];
	return few.links.some((link) => link.kind === kind && (link.from === many || link.to === many));
};

const idKeys = ({ layer, hop }: Node): string[] => {
	const { session_id, queue_id, file, transaction_id, message_id } = hop.ids;
	const ids = [...session_id, ...queue_id, ...file, ...transaction_id, ...message_id, ...hop.events.slice(0, 1)];
	return [...new Set(ids)].map((id) => `${layer.key}\n${id}`);
};

const otherKey = ({ node, relation }: Waiting): string => `${node.layer.key}\n${relation.id}`;

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
