/** Connections of the SMTP channels, from O to C. */
import { type Event, fieldText, type HopDraft, OpenTable } from "../../src/format/define.js";
import { threadOf } from "./queue.js";

export interface Connection {
	readonly event: Event;
	readonly time: number;
	/** Messages that it brought or took, as long as they are followed. */
	readonly drafts: Set<HopDraft>;
}

const peerOf = (event: Event): Event["client"] => event.client ?? event.server;

export class Connections {
	/** By thread; without LOG_PROCESS by address and port of the peer. */
	readonly #open = new OpenTable<string, Connection>();
	/** Keys of those without a thread by address: message entries may have no port. */
	readonly #byPeer = new Map<string, Set<string>>();

	/** O or C. */
	add(event: Event, time: number): void {
		const action = fieldText(event, "action");
		const thread = threadOf(event);
		const { ip = "", port } = peerOf(event) ?? {};
		const key = thread ?? `${ip}:${port}`;
		if (action === "O") {
			this.#open.set(key, { event, time, drafts: new Set() }, time);
			if (thread === undefined) this.#byPeer.set(ip, (this.#byPeer.get(ip) ?? new Set()).add(key));
		} else if (action === "C") {
			for (const draft of this.#open.delete(key)?.drafts ?? []) draft.note(event, time);
			this.#forget(ip, key);
		}
	}

	/** The connection in which an entry was written. */
	of(event: Event): Connection | undefined {
		const thread = threadOf(event);
		const { ip = "", port } = peerOf(event) ?? {};
		const keys = this.#byPeer.get(ip);
		if (thread !== undefined || port !== undefined || keys?.size !== 1) return this.#open.get(thread ?? `${ip}:${port}`);
		const [only = ""] = keys;
		return this.#open.get(only);
	}

	expire(before: number): void {
		for (const { event } of this.#open.expired(before)) {
			const { ip = "", port } = peerOf(event) ?? {};
			this.#forget(ip, `${ip}:${port}`);
		}
	}

	#forget(ip: string, key: string): void {
		const keys = this.#byPeer.get(ip);
		keys?.delete(key);
		if (keys?.size === 0) this.#byPeer.delete(ip);
	}
}
