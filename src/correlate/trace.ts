/** Which trails touch an address, an id or the address of a host. */
import { isIP } from "node:net";
import { basename } from "node:path";
import type { EventView } from "../format/event-view.js";
import type { Trail } from "./trail.js";

/** Sees all events, then says of trails whether they touch one of the words. Its memory holds ids of events that do. */
export class Tracer {
	readonly #words: ReadonlyMap<string, string>;
	readonly #events = new Set<string>();
	readonly #found = new Set<string>();

	/**
	 * Mail addresses, Message-IDs, queue ids (also those that replies quote), session and transaction ids, names of queue files, IP addresses,
	 * trail ids.
	 */
	constructor(words: readonly string[]) {
		this.#words = new Map(words.map((word) => [normal(word), word]));
	}

	see(event: EventView): void {
		if (this.#note(valuesOf(event))) this.#events.add(event.id);
	}

	/** Events of the trail must have been seen before. */
	touches({ trail_id, message_ids, recipients, hops }: Trail): boolean {
		const told = [
			trail_id,
			...message_ids,
			...recipients.flatMap(({ address, expanded = [] }) => [address, ...expanded.map((one) => one.address)]),
		];
		return this.#note(told) || hops.some(({ events }) => events.some((id) => this.#events.has(id)));
	}

	/** Words, as given, that stand nowhere. */
	get missing(): string[] {
		return [...this.#words].filter(([word]) => !this.#found.has(word)).map(([, given]) => given);
	}

	#note(values: readonly (string | undefined)[]): boolean {
		const found = values.flatMap((value) => (value === undefined ? [] : normal(value))).filter((value) => this.#words.has(value));
		for (const word of found) this.#found.add(word);
		return found.length > 0;
	}
}

/** Where ids, addresses and names stand in an event. */
const NAMED = [
	"session_id",
	"message.transaction_id",
	"message.queue_id",
	"message.envelope_id",
	"envelope.from",
	"client.ip",
	"server.ip",
	"milter.child_id",
] as const;

function valuesOf(event: EventView): (string | undefined)[] {
	const found = NAMED.map((path) => event.text(path));
	found.push(...event.texts("message.message_ids"));
	for (let i = 0; event.has(`envelope.to.${i}`); i++)
		found.push(event.text(`envelope.to.${i}.address`), event.text(`envelope.to.${i}.original`));
	if (event.text("smtp.code")?.startsWith("2") === true) found.push(...wordsOf(event.text("smtp.text")));
	const file = event.text("queue.file");
	if (file !== undefined) found.push(file, basename(file));
	return found;
}

/**
 * The words of a reply. A server that takes a mail says under which id, each in words of its own: "queued as 9F9A", "OK id=1tE3xY-0003Ab-CD".
 * Refusals name other people, too.
 */
const wordsOf = (text = ""): readonly string[] => text.match(/[^\s<>()[\]=,;]*[^\s<>()[\]=,;.:]/g) ?? [];

/** Without angle brackets, an IP address without square ones; upper and lower case are the same in addresses and differ in queue ids. */
function normal(word: string): string {
	const bare = word.replace(/^<(.*)>$/s, "$1").replace(/^\[(?:IPv6:)?([\d.:a-f]+)\]$/i, "$1");
	return bare.includes("@") || isIP(bare) !== 0 ? bare.toLowerCase() : bare;
}
