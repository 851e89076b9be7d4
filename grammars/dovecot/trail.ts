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

interface Saved {
	readonly deliveries: TableState<string, SavedDelivery>;
	readonly connections: TableState<string, Endpoint>;
	readonly clients: TableState<string, Endpoint>;
}

const STATE = stateKind<Saved>("dovecot", 1);

class DovecotTracker implements Tracker {
	/** By session, or by process where the log names no session. */
	readonly #deliveries: OpenTable<string, Delivery>;
	/** Clients of LMTP, by process. */
	readonly #connections: OpenTable<string, Endpoint>;
	/** Clients that logged in to send mail, by session. */
	readonly #clients: OpenTable<string, Endpoint>;

	readonly #emit: Emit;

	constructor(emit: Emit, state?: TrackerState) {
		this.#emit = emit;
		const saved = STATE.load(state);
		this.#deliveries = OpenTable.load(saved?.deliveries, loadDelivery);
		this.#connections = OpenTable.load(saved?.connections, asItIs);
		this.#clients = OpenTable.load(saved?.clients, asItIs);
	}

	save(): TrackerState {
		const deliveries = this.#deliveries.save(saveDelivery);
		return STATE.save({ deliveries, connections: this.#connections.save(asItIs), clients: this.#clients.save(asItIs) });
	}

	add(event: EventView, time: number): void {
		const process = event.text("fields.process") ?? "";
		if (process === "submission-login") this.#login(event, time);
		else if (process === "submission") this.#relay(event, time);
		if (!DELIVERERS.has(process)) return;
		for (const delivery of this.#deliveries.expired(time - GRACE)) finish(delivery, this.#emit);
		const pid = `${process} ${event.pid}`;
		if (event.code === "lmtp/connect") this.#connections.set(pid, endpoint(event, "client"), time);
		else if (event.code === "lmtp/disconnect") this.#disconnect(pid);
		else this.#deliver(event, time, pid);
	}

	#deliver(event: EventView, time: number, pid: string): void {
		const session = event.text("session_id");
		const user = event.text("fields.mailbox_user");
		if (user === undefined) return;
		const key = session ?? `${pid} ${user}`;
		const delivery = this.#deliveries.get(key) ?? newDelivery(pid, session, user, this.#connections.get(pid) ?? {});
		this.#deliveries.set(key, delivery, time);
		note(delivery, event, time);
	}

	/** The mails of the connection are through. */
	#disconnect(pid: string): void {
		this.#connections.delete(pid);
		for (const key of [...this.#deliveries.keys()]) {
			const delivery = this.#deliveries.get(key);
			if (delivery?.pid !== pid) continue;
			this.#deliveries.delete(key);
			finish(delivery, this.#emit);
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
