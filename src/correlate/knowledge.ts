/** What links that are sure teach about the others: who stands behind an address, which layer hands to which, how much a mail grows. */
import type { Names } from "./names.js";
import type { ArrivalEnd, HandoverEnd, Layer } from "./nodes.js";

const MOST_SIZES = 101;
/** After so many links it is known by which addresses a host connects; others are rarer than one in twenty. */
const ENOUGH_ADDRESSES = 10;
const RARE = 0.05;
/** Links that show to whom an address belongs. */
const ENOUGH_SEEN = 3;
/** After so many links it is known to which layers another hands its mails. */
const ENOUGH_LINKS = 20;

/** Counts of one thing by another. */
class Tally {
	readonly #counts = new Map<string, Map<string, number>>();
	readonly #totals = new Map<string, number>();

	add(one: string, other: string): void {
		const counts = this.#counts.get(one) ?? new Map<string, number>();
		this.#counts.set(one, counts);
		counts.set(other, (counts.get(other) ?? 0) + 1);
		this.#totals.set(one, this.total(one) + 1);
	}

	count(one: string, other: string): number {
		return this.#counts.get(one)?.get(other) ?? 0;
	}

	total(one: string): number {
		return this.#totals.get(one) ?? 0;
	}

	/** Whether one thing goes with another and nothing else; undefined when it was seen too rarely, or with both. */
	is(one: string, other: string): boolean | undefined {
		const [seen, both] = [this.total(one), this.count(one, other)];
		if (seen < ENOUGH_SEEN) return undefined;
		if (both >= seen * (1 - RARE)) return true;
		return both === 0 ? false : undefined;
	}

	/** One thing is known to go with others. */
	isRare(one: string, other: string): boolean {
		const seen = this.total(one);
		return seen >= ENOUGH_ADDRESSES && this.count(one, other) < seen * RARE;
	}

	/** What was seen most often with it. */
	most(one: string): string | undefined {
		let best: [string, number] | undefined;
		for (const [other, count] of this.#counts.get(one) ?? [])
			if (best === undefined || count > best[1] || (count === best[1] && other < best[0])) best = [other, count];
		return best?.[0];
	}
}

/** Whether an end of a connection that a log tells of is a layer. `untold`: the log says nothing of it. */
export type Identity = "same" | "other" | "unknown" | "untold";

/** Client of an arrival, server of a handover: by address, else by name. */
const nameOf = ({ ip, host }: { readonly ip?: string | undefined; readonly host?: string | undefined }): string | undefined =>
	ip ?? host?.toLowerCase();

export class Knowledge {
	/** Layer and its client → layer before it. */
	readonly #clients = new Tally();
	/** Layer → clients that were it, in the eyes of one layer. */
	readonly #addresses = new Tally();
	/** Server as a layer calls it → the layer behind it. */
	readonly #servers = new Tally();
	/** Layer → servers that were it. */
	readonly #serverAddresses = new Tally();
	/** Layer → next layer. */
	readonly #boundaries = new Tally();
	/** Layer → previous layer. */
	readonly #sources = new Tally();
	readonly #sizes = new Map<string, { readonly ring: number[]; median: number; spread: number }>();
	links = 0;

	constructor(readonly names: Names) {}

	/** What a link that is sure shows. Only one that is sure without a quoted id shows who has which address: any server may quote any id. */
	learn(handover: HandoverEnd, arrival: ArrivalEnd, hasOtherProof: boolean): void {
		const [before, behind] = [handover.node.layer.key, arrival.node.layer.key];
		if (hasOtherProof) this.#learnPeers(handover, arrival);
		this.#boundaries.add(before, behind);
		this.#sources.add(behind, before);
		this.links++;
		const growth = growthOf(handover, arrival);
		if (growth === undefined) return;
		const key = `${before}\n${behind}`;
		const sizes = this.#sizes.get(key) ?? { ring: [], median: 0, spread: 0 };
		this.#sizes.set(key, sizes);
		sizes.ring.push(growth);
		if (sizes.ring.length > MOST_SIZES) sizes.ring.shift();
		// A few more change little.
		if (sizes.ring.length === MOST_SIZES && this.links % 16 !== 0) return;
		const sorted = [...sizes.ring].sort((a, b) => a - b);
		sizes.median = sorted[sorted.length >> 1] ?? 0;
		const errors = sorted.map((one) => Math.abs(one - sizes.median)).sort((a, b) => a - b);
		sizes.spread = errors[errors.length >> 1] ?? 0;
	}

	#learnPeers(handover: HandoverEnd, arrival: ArrivalEnd): void {
		const [before, behind] = [handover.node.layer, arrival.node.layer];
		const [client, server] = [nameOf(arrival.arrival.client), nameOf(handover.handover.server)];
		if (client !== undefined) {
			this.#clients.add(`${behind.key}\n${client}`, before.key);
			this.#addresses.add(`${behind.key}\n${before.key}`, client);
		}
		if (server !== undefined) {
			this.#servers.add(server, behind.key);
			this.#serverAddresses.add(behind.key, server);
		}
		this.names.see(arrival.arrival.client.host, before);
		this.names.see(handover.handover.server.host, behind);
	}

	/** Whether the server of a handover is a layer. */
	serverIs(handover: HandoverEnd, behind: Layer): Identity {
		const { server } = handover.handover;
		const name = nameOf(server);
		if (name === undefined) return "untold";
		const known = this.#servers.is(name, behind.key);
		if (known !== undefined) return known ? "same" : "other";
		const isStrange = this.#serverAddresses.isRare(behind.key, name);
		if (this.names.isOwn(server.host, behind)) return isStrange ? "unknown" : "same";
		return isStrange || this.names.isOther(server.host, behind) ? "other" : "unknown";
	}

	/** Whether the client of an arrival is a layer. */
	clientIs(arrival: ArrivalEnd, before: Layer): Identity {
		const { client } = arrival.arrival;
		const name = nameOf(client);
		if (name === undefined) return "untold";
		const behind = arrival.node.layer.key;
		const known = this.#clients.is(`${behind}\n${name}`, before.key);
		if (known !== undefined) return known ? "same" : "other";
		const isStrange = this.#addresses.isRare(`${behind}\n${before.key}`, name);
		if (this.names.isOwn(client.host, before)) return isStrange ? "unknown" : "same";
		return isStrange || this.names.isOther(client.host, before) ? "other" : "unknown";
	}

	/** For and against that the client of an arrival is a layer: natural logarithm. */
	client(arrival: ArrivalEnd, before: Layer): number {
		const client = nameOf(arrival.arrival.client);
		if (client === undefined) return 0;
		const behind = arrival.node.layer.key;
		const seen = this.#clients.total(`${behind}\n${client}`);
		if (seen >= ENOUGH_SEEN)
			return clamp(Math.log((this.#clients.count(`${behind}\n${client}`, before.key) + 0.2) / (seen + 1)) + 1, -6, 1);
		if (this.#addresses.total(`${behind}\n${before.key}`) >= 5) return -6;
		if (this.names.isOwn(arrival.arrival.client.host, before)) return 1;
		// What a client calls itself is a hint only: anybody can say so.
		return this.names.isOwn(arrival.arrival.client.helo, before) ? 0.5 : 0;
	}

	/** For and against that the server of a handover is a layer. */
	server(handover: HandoverEnd, behind: Layer): number {
		const server = nameOf(handover.handover.server);
		if (server === undefined) return 0;
		const seen = this.#servers.total(server);
		if (seen >= ENOUGH_SEEN) return clamp(Math.log((this.#servers.count(server, behind.key) + 0.2) / (seen + 1)) + 1, -6, 1);
		return this.names.isOwn(handover.handover.server.host, behind) ? 1 : 0;
	}

	/** Whether either end names the other host, and neither a third one. */
	isDirect(handover: HandoverEnd, arrival: ArrivalEnd): boolean {
		const [server, client] = [handover.handover.server, arrival.arrival.client];
		const [before, behind] = [handover.node.layer, arrival.node.layer];
		if (nameOf(server) === undefined && nameOf(client) === undefined) return this.#isOnly(before, behind);
		const isServer = this.names.isOther(server.host, behind) && this.#servers.count(nameOf(server) ?? "", behind.key) === 0;
		const isClient = this.names.isOther(client.host, before) && this.#clients.count(`${behind.key}\n${nameOf(client)}`, before.key) === 0;
		return !isServer && !isClient && !this.#isStrange(arrival, before);
	}

	/** Whether all that a layer hands on goes to one other: then so does a mail of which the log lost the record of the client. */
	#isOnly(before: Layer, behind: Layer): boolean {
		const seen = this.#boundaries.total(before.key);
		return seen >= ENOUGH_LINKS && this.#boundaries.count(before.key, behind.key) >= seen * (1 - RARE);
	}

	/** The client is none of the addresses that the layer before has: what a sender copies does not make up for that. */
	#isStrange(arrival: ArrivalEnd, before: Layer): boolean {
		const client = nameOf(arrival.arrival.client);
		const behind = arrival.node.layer.key;
		if (client === undefined || this.names.isOwn(arrival.arrival.client.host, before)) return false;
		return this.#addresses.isRare(`${behind}\n${before.key}`, client);
	}

	/** Against a pair of layers that did not meet before. */
	boundary(before: Layer, behind: Layer): number {
		const seen = this.#boundaries.total(before.key);
		if (seen < ENOUGH_LINKS) return 0;
		return clamp(Math.log((this.#boundaries.count(before.key, behind.key) + 0.05) / (seen + 1)) + 1, -8, 0);
	}

	/** For and against a change of the size, with the change that is usual. */
	size(handover: HandoverEnd, arrival: ArrivalEnd): { readonly weight: number; readonly growth: number } | undefined {
		const growth = growthOf(handover, arrival);
		const sizes = this.#sizes.get(`${handover.node.layer.key}\n${arrival.node.layer.key}`);
		if (growth === undefined || sizes === undefined || sizes.ring.length < 10) return undefined;
		const off = Math.abs(growth - sizes.median) / Math.max(32, 2 * sizes.spread);
		return { weight: clamp(1.5 - off, -2, 1.5), growth };
	}

	/** Layer that takes what is handed to a server. */
	layerOfServer(server: { readonly ip?: string | undefined; readonly host?: string | undefined }): string | undefined {
		const name = nameOf(server);
		return name === undefined ? undefined : this.#servers.most(name);
	}

	/** Whether the previous layer of an arrival is one of those in the logs. */
	isFromWithin(arrival: ArrivalEnd): boolean {
		const client = nameOf(arrival.arrival.client);
		if (client === undefined) return this.#sources.total(arrival.node.layer.key) > 0;
		return this.#clients.total(`${arrival.node.layer.key}\n${client}`) > 0;
	}

	/** Whether the next layer of a handover is one of those in the logs. */
	isToWithin(handover: HandoverEnd): boolean {
		const server = nameOf(handover.handover.server);
		if (server === undefined) return this.#boundaries.total(handover.node.layer.key) > 0;
		return this.#servers.total(server) > 0;
	}
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

const growthOf = (handover: HandoverEnd, arrival: ArrivalEnd): number | undefined => {
	const [before, behind] = [handover.handover.size_bytes, arrival.arrival.size_bytes];
	return before === undefined || behind === undefined ? undefined : behind - before;
};
