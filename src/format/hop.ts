/** What trackers share: hops that grow with the log, and tables of open things that are given up after a time. */
import type { Event, Peer } from "./event.js";
import type { Arrival, Endpoint, Filtering, Handover, Hop, HopIds, HopRecipient, Relation, Reply } from "./trail.js";

type OfMail = "from" | "message_ids" | "size_bytes" | "size_block_bytes";

/** A hop while the log still tells of it. What all handovers and the arrival have in common is said once. */
export class HopDraft {
	/** Envelope sender. */
	from: string | undefined;
	size_bytes: number | undefined;
	size_block_bytes: number | undefined;
	/** Recipients of the arrival are those of the hop. */
	arrival: Omit<Arrival, OfMail | "to"> | undefined;
	readonly filterings: Filtering[] = [];
	readonly relations: Relation[] = [];
	readonly missing: string[] = [];
	readonly #ids: Record<keyof HopIds, Set<string>> = {
		session_id: new Set(),
		transaction_id: new Set(),
		queue_id: new Set(),
		file: new Set(),
		message_id: new Set(),
	};
	readonly #handovers = new Map<string, Omit<Handover, OfMail>[]>();
	#events = new Set<string>();
	#recipients = new Map<string, HopRecipient>();
	#start = Number.POSITIVE_INFINITY;
	#end = Number.NEGATIVE_INFINITY;

	/** The event is part of this hop. */
	note(event: Event, time: number): void {
		this.#events.add(event.id);
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
	handOver(key: string, handover: Omit<Handover, OfMail>): void {
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

	/** As it stands now. */
	hop(): Hop {
		const mail = {
			from: this.from,
			message_ids: this.ids("message_id"),
			size_bytes: this.size_bytes,
			size_block_bytes: this.size_block_bytes,
		};
		const { arrival } = this;
		const to = [...new Set(this.recipients.map(({ address }) => address))];
		const handovers = [...this.#handovers.values()].flat().sort((left, right) => left.time - right.time);
		return {
			ids: {
				session_id: this.ids("session_id"),
				transaction_id: this.ids("transaction_id"),
				queue_id: this.ids("queue_id"),
				file: this.ids("file"),
				message_id: mail.message_ids,
			},
			start: this.#start,
			end: this.#end,
			events: [...this.#events],
			arrival: arrival === undefined ? undefined : arrivalOf(arrival, mail, to),
			handovers: handovers.map((handover) => handoverOf(handover, mail)),
			recipients: this.recipients,
			filterings: this.filterings,
			relations: this.relations,
			missing: this.missing,
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
	{ time, server, client, to, reply, result, events }: Omit<Handover, OfMail>,
	{ from, message_ids, size_bytes, size_block_bytes }: Mail,
): Handover => ({ time, server, client, from, to, message_ids, size_bytes, size_block_bytes, reply, result, events });

/** Times run nearly in order: what is ahead by more milliseconds has a wrong stamp, or time went back since. */
const AHEAD = 3_600_000;

/** Open things by key, the one that was heard of longest ago in front. */
export class OpenTable<Key, Value> {
	readonly #entries = new Map<Key, { readonly value: Value; readonly time: number }>();
	/** Time of the last word on any of them. */
	#last = Number.NEGATIVE_INFINITY;

	get(key: Key): Value | undefined {
		return this.#entries.get(key)?.value;
	}

	/** Adds it, or says that it was heard of again. */
	set(key: Key, value: Value, time: number): void {
		this.#entries.delete(key);
		this.#entries.set(key, { value, time });
		this.#last = time;
	}

	delete(key: Key): Value | undefined {
		const value = this.get(key);
		this.#entries.delete(key);
		return value;
	}

	keys(): IterableIterator<Key> {
		return this.#entries.keys();
	}

	/** Takes out what was not heard of since a time, from the front to the first that is younger. */
	*expired(before: number): Generator<Value> {
		for (const [key, { value, time }] of this.#entries) {
			if (time >= before && time <= this.#last + AHEAD) return;
			this.#entries.delete(key);
			yield value;
		}
	}
}

/** One end of a connection; a name that the log left empty, or says that nobody knows, is none. */
export const endpoint = (peer: Peer | undefined): Endpoint => ({
	ip: peer?.ip,
	port: peer?.port,
	host: peer?.host === "" || peer?.host === "unknown" ? undefined : peer?.host,
	helo: peer?.helo,
});

/** What the servers at hand say when they take a mail: "queued as 4jWcQ41DfQzJvYf", "envelope id 0LYX00WC001J6000@store". */
const QUOTED = /(?:queued as|envelope id)\s+<?([^\s<>()]+[^\s<>().,;])/gi;

/** A reply with the ids of the next server that its text quotes. */
export function reply(smtp: Event["smtp"], text: string | undefined = smtp?.text): Reply {
	const quoted = [...(text ?? "").matchAll(QUOTED)].flatMap(([, id]) => id ?? []);
	return { code: smtp?.code, enhanced: smtp?.enhanced, text, quoted };
}

/** A value of `fields` that is text. */
export function fieldText(event: Event, name: string): string | undefined {
	const value = event.fields?.[name];
	return typeof value === "string" ? value : undefined;
}
