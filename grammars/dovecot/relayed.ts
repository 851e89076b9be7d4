/** Mails of the submission service: its user sends them, and an MTA takes them. */
import { type Endpoint, type EventView, endpoint, type Hop, HopDraft, reply } from "../../src/format/api.js";

const RESULTS = {
	"submission/relayed": { outcome: "handed_on", result: "accepted" },
	"submission/relay-failed": { outcome: "rejected", result: "rejected" },
} as const;

const isResult = (code: string | undefined): code is keyof typeof RESULTS => code !== undefined && code in RESULTS;

/** The hop of a record that says what the MTA answered; undefined for any other. */
export function relayed(event: EventView, time: number, client: Endpoint): Hop | undefined {
	if (!isResult(event.code)) return undefined;
	const { outcome, result } = RESULTS[event.code];
	const draft = new HopDraft();
	draft.note(event, time);
	draft.identify("session_id", [event.text("session_id")]);
	draft.from = event.text("envelope.from");
	draft.size_bytes = event.number("message.size_bytes");
	const answer = reply(event);
	const address = event.text("envelope.to.0.address");
	const isTemporary = answer.code?.startsWith("4") === true;
	const word = { became: [], smtp: answer, time, event: event.id };
	if (address !== undefined)
		draft.settle({ address, ...word, outcome: isTemporary ? "deferred" : outcome, repeats: result === "rejected" ? "server" : undefined });
	const server = endpoint(event, "server");
	const to = address === undefined ? [] : [address];
	draft.handOver(event.id, { time, server, client: {}, to, reply: answer, result: isTemporary ? "deferred" : result, events: [event.id] });
	draft.arrival = { time, client, server: {}, isAccepted: result === "accepted", told: [] };
	return draft.hop();
}
