/** What a record says of a recipient, in the words of hops. */
import {
	completed,
	type EventView,
	endpoint,
	type HopDraft,
	type HopRecipient,
	type RecipientOutcome,
	reply,
} from "../../src/format/api.js";
import { type Connection, ownEnd } from "./connections.js";
import type { Message } from "./message.js";
import type { Entry, Spot } from "./queue.js";

/** A record about a recipient, and the connection in which it was written. */
export interface Told {
	readonly event: EventView;
	readonly time: number;
	readonly spot: Spot;
	readonly connection: Connection | undefined;
}

export function arrivalOf({ event, time, spot, connection }: Told, isAccepted: boolean): NonNullable<HopDraft["arrival"]> {
	const id = spot.envelopeId;
	return {
		time,
		begun: connection?.time,
		client: completed(connection?.client, endpoint(event, "client")),
		server: connection?.own ?? ownEnd(event),
		isAccepted,
		told: isAccepted && id !== undefined ? [id] : [],
	};
}

export function settle({ draft }: Message, entry: Entry, { event, time }: Told, outcome: RecipientOutcome, repeats?: "server"): void {
	const { current, address, root } = entry;
	const became = current === address ? [] : [current];
	draft.settle({ address, became, outcome, repeats, smtp: said(event), time, event: event.id }, root);
}

/** The reply, or the words of the entry where there is none. */
export function said(event: EventView): HopRecipient["smtp"] {
	if (event.has("smtp")) return reply(event);
	const text = event.text("fields.diagnostics");
	return text === undefined ? undefined : { text };
}
