/** Connections of the SMTP channels, from O to C. */
import { type Endpoint, type EventView, endpoint, MOST_OPEN, OpenTable, type TableState } from "../../src/format/api.js";

export interface Connection {
	readonly key: string;
	/** Id of its O entry. */
	readonly id: string;
	readonly time: number;
	/** The other side, when it is the client. */
	readonly client: Endpoint;
	/** Own side. */
	readonly own: Endpoint;
	/** Of the other side. */
	readonly ip: string;
	/** Numbers of messages that it brought or took, as long as they are followed. */
	readonly messages: Set<number>;
}

type SavedConnection = Omit<Connection, "messages"> & { readonly messages: readonly number[] };

export interface SavedConnections {
	readonly open: TableState<string, SavedConnection>;
	readonly byPeer: readonly (readonly [ip: string, keys: readonly string[]])[];
}

/** `5a37.1.2` → the thread that wrote it. */
export function threadOf(event: EventView): string | undefined {
	const pid = event.number("process.pid");
	return pid === undefined ? undefined : `${pid}.${event.number("process.thread") ?? ""}`;
}

/** Own side of a connection. */
export const ownEnd = (event: EventView): Endpoint => ({ ip: event.text("fields.local_ip"), port: event.number("fields.local_port") });

/** Thread; without LOG_PROCESS address and port of the peer. */
function keyOf(event: EventView): {
	readonly key: string;
	readonly thread: string | undefined;
	readonly ip: string;
	readonly hasPort: boolean;
} {
	const isClient = event.has("client");
	const ip = event.text(isClient ? "client.ip" : "server.ip") ?? "";
	const port = event.number(isClient ? "client.port" : "server.port");
	const thread = threadOf(event);
	return { key: thread ?? `${ip}:${port}`, thread, ip, hasPort: port !== undefined };
}

export class Connections {
	readonly #open: OpenTable<string, Connection>;
	/** Keys of those without a thread by address: message entries may have no port. */
	readonly #byPeer: Map<string, Set<string>>;

	constructor(saved?: SavedConnections) {
		this.#open = OpenTable.load(saved?.open, (one) => ({ ...one, messages: new Set(one.messages) }));
		this.#byPeer = new Map(saved?.byPeer.map(([ip, keys]) => [ip, new Set(keys)]));
	}

	save(): SavedConnections {
		return {
			open: this.#open.save((one) => ({ ...one, messages: [...one.messages] })),
			byPeer: Array.from(this.#byPeer, ([ip, keys]) => [ip, [...keys]]),
		};
	}

	/** O or C; gives the numbers of the messages of a connection that ends. */
	add(event: EventView, time: number): Iterable<number> {
		const action = event.text("fields.action");
		const { key, thread, ip } = keyOf(event);
		if (action === "O") {
			const connection = {
				key,
				id: event.id,
				time,
				client: endpoint(event, "client"),
				own: ownEnd(event),
				ip,
				messages: new Set<number>(),
			};
			this.#open.set(key, connection, time);
			for (const oldest of this.#open.beyond(MOST_OPEN)) this.#forget(oldest.ip, oldest.key);
			if (thread === undefined) this.#byPeer.set(ip, (this.#byPeer.get(ip) ?? new Set()).add(key));
		}
		if (action !== "C") return [];
		const ended = this.#open.delete(key);
		this.#forget(ip, key);
		return ended?.messages ?? [];
	}

	/** The connection in which an entry was written. */
	of(event: EventView): Connection | undefined {
		const { key, thread, ip, hasPort } = keyOf(event);
		const keys = this.#byPeer.get(ip);
		if (thread !== undefined || hasPort || keys?.size !== 1) return this.#open.get(key);
		const [only = ""] = keys;
		return this.#open.get(only);
	}

	/** A message is followed no more. */
	leave(message: number, keys: Iterable<string>): void {
		for (const key of keys) this.#open.get(key)?.messages.delete(message);
	}

	expire(before: number): void {
		for (const { ip, key } of this.#open.expired(before)) this.#forget(ip, key);
	}

	#forget(ip: string, key: string): void {
		const keys = this.#byPeer.get(ip);
		keys?.delete(key);
		if (keys?.size === 0) this.#byPeer.delete(ip);
	}
}
