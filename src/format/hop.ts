/** What trackers share: hops that grow with the log, and what all formats say of an event in the same places. */
import type { EventView } from "./event-view.js";
import type { Arrival, Endpoint, Filtering, Handover, Hop, HopIds, HopRecipient, Relation, Reply } from "./trail.js";

/** Missing in a hop whose tracker gave up waiting, because of too much that waits. */
export const CLOSED_EARLY = "what came later: too much was open at once";

/** Follows no more mails than this at once: of a log that never says how they end, memory would not be enough. */
export const MOST_OPEN = 20_000;

/** Of one session or connection so many records are kept until it ends. */
export const MOST_RECORDS = 10_000;

type OfMail = "from" | "message_ids" | "size_bytes" | "size_block_bytes";
type Try = Omit<Handover, OfMail>;

/** A draft as plain data. */
export interface DraftState {
	readonly from?: string | undefined;
	readonly size_bytes?: number | undefined;
	readonly size_block_bytes?: number | undefined;
	readonly arrival?: Omit<Arrival, OfMail | "to"> | undefined;
	readonly filterings: readonly Filtering[];
	readonly relations: readonly Relation[];
	readonly missing: readonly string[];
	readonly ids: HopIds;
	readonly handovers: readonly (readonly [key: string, tries: readonly Try[]])[];
	readonly events: readonly string[];
	readonly recipients: readonly (readonly [key: string, recipient: HopRecipient])[];
	/** Both undefined when no event is part of it. */
	readonly start?: number | undefined;
	readonly end?: number | undefined;
}

/** A hop while the log still tells of it. What all handovers and the arrival have in common is said once. */
export class HopDraft {
	/** Envelope sender. */
	from: string | undefined;
	size_bytes: number | undefined;
	size_block_bytes: number | undefined;
	/** Recipients of the arrival are those of the hop. */
	arrival: Omit<Arrival, OfMail | "to"> | undefined;
	readonly filterings: Filtering[];
	readonly relations: Relation[];
	readonly missing: string[];
	readonly #ids: Record<keyof HopIds, Set<string>>;
	readonly #handovers: Map<string, Try[]>;
	#events: Set<string>;
	#recipients: Map<string, HopRecipient>;
	#start: number;
	#end: number;

	/** An empty one, or one that was saved. */
	constructor(saved?: DraftState) {
		this.from = saved?.from;
		this.size_bytes = saved?.size_bytes;
		this.size_block_bytes = saved?.size_block_bytes;
		this.arrival = saved?.arrival;
		this.filterings = saved?.filterings.slice() ?? [];
		this.relations = saved?.relations.slice() ?? [];
		this.missing = saved?.missing.slice() ?? [];
		this.#ids = {
			session_id: new Set(saved?.ids.session_id),
			transaction_id: new Set(saved?.ids.transaction_id),
			queue_id: new Set(saved?.ids.queue_id),
			file: new Set(saved?.ids.file),
			message_id: new Set(saved?.ids.message_id),
		};
		this.#handovers = new Map(saved?.handovers.map(([key, tries]) => [key, [...tries]]));
		this.#events = new Set(saved?.events);
		this.#recipients = new Map(saved?.recipients);
		this.#start = saved?.start ?? Number.POSITIVE_INFINITY;
		this.#end = saved?.end ?? Number.NEGATIVE_INFINITY;
	}

	save(): DraftState {
		return {
			from: this.from,
			size_bytes: this.size_bytes,
			size_block_bytes: this.size_block_bytes,
			arrival: this.arrival,
			filterings: this.filterings.slice(),
			relations: this.relations.slice(),
			missing: this.missing.slice(),
			ids: this.#allIds(),
			handovers: Array.from(this.#handovers, ([key, tries]) => [key, [...tries]] as const),
			events: [...this.#events],
			recipients: [...this.#recipients],
			start: this.isEmpty ? undefined : this.#start,
			end: this.isEmpty ? undefined : this.#end,
		};
	}

	/** The event is part of this hop. */
	note({ id }: Pick<EventView, "id">, time: number): void {
		this.#events.add(id);
		this.#start = Math.min(this.#start, time);
		this.#end = Math.max(this.#end, time);
	}

	/** No event is part of it so far. */
	get isEmpty(): boolean {
		return this.#events.size === 0;
	}

	/** Time of its last event. */
	get end(): number {
		return this.#end;
	}

	identify(kind: keyof HopIds, ids: Iterable<string | undefined> = []): void {
		for (const id of ids) if (id !== undefined && id !== "") this.#ids[kind].add(id);
	}

	ids(kind: keyof HopIds): readonly string[] {
		return [...this.#ids[kind]];
	}

	/** What became of a recipient; a later word replaces an earlier one of the same key: the address and what became of it. */
	settle(recipient: HopRecipient, key: string = [recipient.address, ...recipient.became].join("\n")): void {
		this.#recipients.set(key, recipient);
	}

	get recipients(): readonly HopRecipient[] {
		return [...this.#recipients.values()];
	}

	/** Records of one try, one for each recipient, have the same key and stand within a second. */
	handOver(key: string, handover: Try): void {
		const tries = this.#handovers.get(key) ?? [];
		this.#handovers.set(key, tries);
		const last = tries.at(-1);
		const isSame =
			last !== undefined && Math.abs(handover.time - last.time) <= 1000 && !handover.to.some((address) => last.to.includes(address));
		if (isSame) tries.pop();
		tries.push(isSame ? { ...last, to: [...last.to, ...handover.to], events: [...last.events, ...handover.events] } : handover);
	}

	/** What was said of the same mail before it was known to be the same. */
	absorb(earlier: HopDraft): void {
		this.#events = new Set([...earlier.#events, ...this.#events]);
		this.#recipients = new Map([...earlier.#recipients, ...this.#recipients]);
		this.#start = Math.min(this.#start, earlier.#start);
		this.#end = Math.max(this.#end, earlier.#end);
	}

	#allIds(): HopIds {
		return {
			session_id: this.ids("session_id"),
			transaction_id: this.ids("transaction_id"),
			queue_id: this.ids("queue_id"),
			file: this.ids("file"),
			message_id: this.ids("message_id"),
		};
	}

	/** As it stands now. */
	hop(): Hop {
		const ids = this.#allIds();
		const { arrival, from, size_bytes, size_block_bytes, filterings, relations, missing } = this;
		const mail = { from, message_ids: ids.message_id, size_bytes, size_block_bytes };
		const to = [...new Set(this.recipients.map(({ address }) => address))];
		const handovers = [...this.#handovers.values()].flat().sort((left, right) => left.time - right.time);
		return {
			ids,
			start: this.#start,
			end: this.#end,
			events: [...this.#events],
			arrival: arrival === undefined ? undefined : arrivalOf(arrival, mail, to),
			handovers: handovers.map((handover) => handoverOf(handover, mail)),
			recipients: this.recipients,
			filterings: filterings.slice(),
			relations: relations.slice(),
			missing: missing.slice(),
		};
	}
}

type Mail = Pick<Arrival, OfMail>;

// Keys one by one: an object made of others has a shape of its own in V8, which costs more than the object.
const arrivalOf = (
	{ time, begun, client, server, isAccepted, told }: Omit<Arrival, OfMail | "to">,
	{ from, message_ids, size_bytes, size_block_bytes }: Mail,
	to: readonly string[],
): Arrival => ({ time, begun, client, server, from, to, message_ids, size_bytes, size_block_bytes, isAccepted, told });

const handoverOf = (
	{ time, server, client, to, reply, result, events }: Try,
	{ from, message_ids, size_bytes, size_block_bytes }: Mail,
): Handover => ({ time, server, client, from, to, message_ids, size_bytes, size_block_bytes, reply, result, events });

const PEERS = {
	client: { ip: "client.ip", port: "client.port", host: "client.host", helo: "client.helo" },
	server: { ip: "server.ip", port: "server.port", host: "server.host", helo: "server.helo" },
} as const;

/** One end of a connection; a name that the log left empty, or says that nobody knows, is none. */
export function endpoint(event: EventView, side: keyof typeof PEERS): Endpoint {
	if (!event.has(side)) return {};
	const { ip, port, host, helo } = PEERS[side];
	const name = event.text(host);
	return {
		ip: event.text(ip),
		port: event.number(port),
		host: name === "" || name === "unknown" ? undefined : name,
		helo: event.text(helo),
	};
}

/** What is known of one end of a connection; what is not comes from elsewhere, unless that has another address. */
export function completed(known: Endpoint = {}, more: Endpoint = {}): Endpoint {
	if (known.ip !== undefined && more.ip !== undefined && known.ip !== more.ip) return known;
	return { ip: known.ip ?? more.ip, port: known.port ?? more.port, host: known.host ?? more.host, helo: known.helo ?? more.helo };
}

/**
 * The reply that an event tells. Ids of the next layer are looked for in its text.
 * @param text where the text stands elsewhere than in `smtp.text`
 */
export function reply(event: EventView, text?: string): Reply {
	if (!event.has("smtp")) return { text };
	return { code: event.text("smtp.code"), enhanced: event.text("smtp.enhanced"), text: text ?? event.text("smtp.text") };
}

/** Where the record of an event stands. */
export const placeOf = ({ file, line }: EventView): Filtering["end_line"] =>
	file === undefined || line === undefined ? undefined : { file, line };

/** An address of the host itself: only a server there may name its mails by their ids. */
export const isLoopback = (ip: string): boolean => /^(127\.|::1$)/.test(ip);
