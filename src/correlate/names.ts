/**
 * Which names stand for which host. A log calls its own host as its system does, other layers call it as DNS does: `gw7` may be their
 * `mx1.example.net`. That is believed when nearly all mails between two layers say so, and nothing says that a third layer stands between.
 */
import { push } from "./lists.js";
import { type ArrivalEnd, type HandoverEnd, type Layer, share } from "./nodes.js";

/** So many mails, and that part of all. */
const ENOUGH = 10;
const NEARLY_ALL = 0.8;
/** Mails that one layer refused though the other says that its next server took them: more than these were refused behind a third layer. */
const MOST_REFUSED = 0.02;
/** After so many links it is known how a host is called; other names are rarer than one in twenty. */
const ENOUGH_NAMED = 5;
const RARE = 0.05;

/** What one end of the mails between two layers calls the other end. */
class Side {
	#known = 0;
	#addresses = 0;
	readonly #others = new Map<string, number>();

	add(name: string | undefined, isOther: boolean, hasAddress: boolean): void {
		if (name === undefined) this.#addresses += Number(hasAddress);
		else if (!isOther) this.#known++;
		else this.#others.set(name.toLowerCase(), (this.#others.get(name.toLowerCase()) ?? 0) + 1);
	}

	/** Nothing speaks against the host: its name is told, or nothing at all. */
	isClear(mails: number): boolean {
		return this.#known >= mails * NEARLY_ALL || (this.#known + this.#addresses === 0 && this.#others.size === 0);
	}

	/** The other name that nearly all mails have. */
	other(mails: number): string | undefined {
		for (const [name, count] of this.#others) if (count >= mails * NEARLY_ALL) return name;
		return undefined;
	}

	has(name: string): boolean {
		return this.#others.has(name);
	}
}

/** What the mails between two layers show. */
class Boundary {
	mails = 0;
	refused = 0;
	/** How the later layer calls the earlier one, and the other way round. */
	readonly client: Side = new Side();
	readonly server: Side = new Side();

	constructor(
		readonly before: Layer,
		readonly behind: Layer,
	) {}

	get doubts(): number {
		return Number(!this.client.isClear(this.mails)) + Number(!this.server.isClear(this.mails));
	}
}

export class Names {
	readonly #hosts = new Set<string>();
	/** Host → other names of it. */
	readonly #names = new Map<string, Set<string>>();
	readonly #boundaries = new Map<string, Boundary>();
	/** Host → its names with their domain, and how often links have shown each that needed no quoted id. */
	readonly #fullNames = new Map<string, Map<string, number>>();

	addHost({ host, isNamed }: Layer): void {
		if (isNamed) this.#hosts.add(host);
	}

	/** Forgets the mails, keeps the names that they showed: they will come again. */
	restart(): void {
		this.#boundaries.clear();
	}

	/** A name that is not that of a layer; addresses are no names. */
	isOther(name: string | undefined, layer: Layer): boolean {
		return name !== undefined && layer.isNamed && /[a-z]/i.test(name) && !this.isOwn(name, layer);
	}

	/** A name of the host of a layer: its own, or one that its mails have shown. */
	isOwn(name: string | undefined, { host }: Layer): boolean {
		if (name === undefined) return false;
		return this.#names.get(host)?.has(name.toLowerCase()) === true || (isSameName(name, host) && !this.#isNamesake(name, host));
	}

	/** A link that is sure shows how a host is called; its log may tell no domain, and anybody may have a host `mx1` in their own. */
	see(name: string | undefined, { host }: Layer): void {
		if (name === undefined || !isSameName(name, host)) return;
		const counts = this.#fullNames.get(host) ?? new Map<string, number>();
		this.#fullNames.set(host, counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1));
	}

	#isNamesake(name: string, host: string): boolean {
		const counts = this.#fullNames.get(host);
		if (counts === undefined || name.toLowerCase() === host.toLowerCase()) return false;
		const seen = [...counts.values()].reduce((sum, count) => sum + count, 0);
		return seen >= ENOUGH_NAMED && (counts.get(name.toLowerCase()) ?? 0) < seen * RARE;
	}

	/** An arrival, and all handovers of other layers that may be its other end. */
	witness(arrival: ArrivalEnd, handovers: readonly HandoverEnd[]): void {
		if (arrival.isHeard) return;
		arrival.isHeard = true;
		const byLayer = new Map<Layer, HandoverEnd[]>();
		for (const handover of handovers) if (isSameEnvelope(handover, arrival)) push(byLayer, handover.node.layer, handover);
		for (const [layer, same] of byLayer) this.#count(this.#boundary(layer, arrival.node.layer), arrival, same);
	}

	#boundary(before: Layer, behind: Layer): Boundary {
		const key = keyOf(before, behind);
		const boundary = this.#boundaries.get(key) ?? new Boundary(before, behind);
		this.#boundaries.set(key, boundary);
		return boundary;
	}

	#count(boundary: Boundary, arrival: ArrivalEnd, handovers: readonly HandoverEnd[]): void {
		const { before, behind } = boundary;
		const accepted = handovers.filter(({ handover }) => handover.result === "accepted");
		if (!arrival.arrival.isAccepted) {
			if (accepted.length === handovers.length) boundary.refused++;
			return;
		}
		const [only, ...others] = accepted.filter(({ messageIds }) => messageIds.some((id) => arrival.messageIds.includes(id)));
		if (only === undefined || others.length > 0) return;
		boundary.mails++;
		const [client, server] = [arrival.arrival.client, only.handover.server];
		boundary.client.add(client.host, this.isOther(client.host, before), client.ip !== undefined);
		boundary.server.add(server.host, this.isOther(server.host, behind), server.ip !== undefined);
	}

	/** Says whether a name became known. */
	settle(): boolean {
		let hasChanged = false;
		for (const boundary of this.#boundaries.values()) {
			const { before, behind, mails, refused, client, server } = boundary;
			if (mails < ENOUGH || refused > Math.max(1, mails * MOST_REFUSED) || !this.#isLikely(boundary)) continue;
			const [host, name] = client.isClear(mails) ? [behind.host, server.other(mails)] : [before.host, client.other(mails)];
			// The same third name on both sides is that of a layer between them.
			if (name === undefined || this.#isHost(name) || (client.has(name) && server.has(name))) continue;
			const names = this.#names.get(host) ?? new Set();
			hasChanged ||= !names.has(name);
			this.#names.set(host, names.add(name));
		}
		return hasChanged;
	}

	/** What was learned, in the order of hosts. */
	get learned(): readonly { readonly host: string; readonly name: string }[] {
		return [...this.#names]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.flatMap(([host, names]) => [...names].sort().map((name) => ({ host, name })));
	}

	/** One side alone is in doubt, and mails that go the other way round between these layers are not as likely. */
	#isLikely({ before, behind, doubts, mails }: Boundary): boolean {
		const back = this.#boundaries.get(keyOf(behind, before));
		return doubts === 1 && (back === undefined || back.mails < mails * (1 - NEARLY_ALL) || back.doubts > doubts);
	}

	/** It is the name of a host of the case. */
	#isHost(name: string): boolean {
		return [...this.#hosts].some((host) => isSameName(name, host));
	}
}

/** `mx1` and `mx1.example.net` are one name. One with a domain is that of no other: whoever owns `evil.example` names hosts below it. */
export function isSameName(one: string | undefined, other: string): boolean {
	if (one === undefined) return false;
	const [short = "", long = ""] = [one.toLowerCase(), other.toLowerCase()].sort((a, b) => a.length - b.length);
	return short !== "" && (long === short || (!short.includes(".") && long.startsWith(`${short}.`)));
}

function isSameEnvelope(handover: HandoverEnd, arrival: ArrivalEnd): boolean {
	return handover.from !== undefined && handover.from === arrival.from && share(handover.names, arrival.to);
}

const keyOf = (before: Layer, behind: Layer): string => `${before.key}\n${behind.key}`;
