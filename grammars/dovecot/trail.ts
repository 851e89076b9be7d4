/**
 * The mails of Dovecot. What LMTP or dovecot-lda does for one recipient is a hop: it has a session id of its own, which the reply of LMTP
 * quotes (`<anna@example.net> XXaXC54zDmtDPQAAHe364Q Saved`). A mail of the submission service is one, too. Logins are no mails.
 */
import {
	asItIs,
	type Emit,
	type Endpoint,
	type EventView,
	endpoint,
	OpenTable,
	stateKind,
	type TableState,
	type Tracker,
	type TrackerState,
} from "../../src/format/api.js";
import { type Delivery, finish, loadDelivery, newDelivery, note, type SavedDelivery, saveDelivery } from "./delivery.js";
import { relayed } from "./relayed.js";

/** Milliseconds of silence after which a delivery is through: dovecot-lda logs no end, and LMTP connections stay open. */
const GRACE = 60_000;

const DELIVERERS: ReadonlySet<string> = new Set(["lmtp", "lda", "dovecot-lda", "deliver"]);

/** A connection of LMTP, or a run of dovecot-lda. */
interface Connection {
	readonly client: Endpoint;
	/** Session of the mail that it delivers, without the number of a recipient. */
	readonly mail?: string | undefined;
	/** Keys of the deliveries of that mail. */
	readonly deliveries: string[];
}

/** `YHfTIq0zDmtgPQAAHe364Q:R2` → `YHfTIq0zDmtgPQAAHe364Q`: further recipients have a number behind it. */
const mailOf = (session: string | undefined): string | undefined => session?.replace(/:.*$/, "");

interface Saved {
	readonly deliveries: TableState<string, SavedDelivery>;
	readonly connections: TableState<string, Connection>;
	readonly clients: TableState<string, Endpoint>;
}

const copyOf = ({ deliveries, ...connection }: Connection): Connection => ({ ...connection, deliveries: [...deliveries] });

const STATE = stateKind<Saved>("dovecot", 1);

class DovecotTracker implements Tracker {
	/** By session, or by process where the log names no session. */
	readonly #deliveries: OpenTable<string, Delivery>;
	/** By process. */
	readonly #connections: OpenTable<string, Connection>;
	/** Clients that logged in to send mail, by session. */
	readonly #clients: OpenTable<string, Endpoint>;

	readonly #emit: Emit;

	constructor(emit: Emit, state?: TrackerState) {
		this.#emit = emit;
		const saved = STATE.load(state);
		this.#deliveries = OpenTable.load(saved?.deliveries, loadDelivery);
		this.#connections = OpenTable.load(saved?.connections, copyOf);
		this.#clients = OpenTable.load(saved?.clients, asItIs);
	}

	save(): TrackerState {
		const deliveries = this.#deliveries.save(saveDelivery);
		return STATE.save({ deliveries, connections: this.#connections.save(copyOf), clients: this.#clients.save(asItIs) });
	}

	add(event: EventView, time: number): void {
		const process = event.text("fields.process") ?? "";
		if (process === "submission-login") this.#login(event, time);
		else if (process === "submission") this.#relay(event, time);
		if (!DELIVERERS.has(process)) return;
		for (const delivery of this.#deliveries.expired(time - GRACE)) finish(delivery, this.#emit);
		const pid = `${process} ${event.pid}`;
		if (event.code === "lmtp/connect") this.#connections.set(pid, { client: endpoint(event, "client"), deliveries: [] }, time);
		else if (event.code === "lmtp/disconnect") this.#finishAll(this.#connections.delete(pid)?.deliveries ?? []);
		else this.#deliver(event, time, pid);
	}

	#deliver(event: EventView, time: number, pid: string): void {
		const session = event.text("session_id");
		const user = event.text("fields.mailbox_user");
		if (user === undefined) return;
		const key = session ?? `${pid} ${user}`;
		const delivery = this.#deliveries.get(key) ?? this.#begin(pid, key, session, user, time);
		this.#deliveries.set(key, delivery, time);
		note(delivery, event, time);
	}

	#begin(pid: string, key: string, session: string | undefined, user: string, time: number): Delivery {
		const mail = mailOf(session);
		let connection: Connection = this.#connections.get(pid) ?? { client: {}, mail, deliveries: [] };
		if (connection.mail !== mail) {
			// A process delivers one mail after the other.
			this.#finishAll(connection.deliveries);
			connection = { client: connection.client, mail, deliveries: [] };
		}
		connection.deliveries.push(key);
		this.#connections.set(pid, connection, time);
		return newDelivery(session, user, connection.client);
	}

	#finishAll(keys: readonly string[]): void {
		for (const key of keys) {
			const delivery = this.#deliveries.delete(key);
			if (delivery !== undefined) finish(delivery, this.#emit);
		}
	}

	#login(event: EventView, time: number): void {
		const session = event.text("session_id");
		if (event.code === "login/success" && session !== undefined) this.#clients.set(session, endpoint(event, "client"), time);
	}

	#relay(event: EventView, time: number): void {
		const session = event.text("session_id");
		const hop = relayed(event, time, this.#clients.get(session ?? "") ?? {});
		if (hop !== undefined) this.#emit(hop);
	}

	expire(before: number): void {
		for (const delivery of this.#deliveries.expired(before)) finish(delivery, this.#emit);
		for (const _ of this.#connections.expired(before));
		for (const _ of this.#clients.expired(before));
	}

	end(): void {
		this.expire(Number.POSITIVE_INFINITY);
	}
}

export const trail = (emit: Emit, state?: TrackerState): Tracker => new DovecotTracker(emit, state);
