/** One delivery: what LMTP or dovecot-lda did with a mail for one recipient, and what the sieve script of that user made of it. */
import {
	type DraftState,
	type Endpoint,
	type EventView,
	type Hop,
	HopDraft,
	type HopRecipient,
	type RecipientOutcome,
} from "../../src/format/api.js";

/** What was decided when nothing else becomes of the mail: a script may discard or refuse it and store it all the same. */
interface Verdict {
	readonly outcome: RecipientOutcome;
	readonly time: number;
	readonly event: string;
}

export interface SavedDelivery {
	readonly session?: string | undefined;
	readonly user: string;
	readonly client: Endpoint;
	readonly draft: DraftState;
	readonly begun?: number | undefined;
	readonly verdict?: Verdict | undefined;
	readonly copied?: Verdict | undefined;
}

export interface Delivery extends Omit<SavedDelivery, "draft" | "begun" | "verdict" | "copied"> {
	readonly draft: HopDraft;
	/** Its first record. */
	begun?: number | undefined;
	verdict?: Verdict | undefined;
	/** mail_log saw the mail in a mailbox. */
	copied?: Verdict | undefined;
}

export const newDelivery = (session: string | undefined, user: string, client: Endpoint): Delivery => ({
	session,
	user,
	client,
	draft: new HopDraft(),
});

export const saveDelivery = ({ draft, ...delivery }: Delivery): SavedDelivery => ({ ...delivery, draft: draft.save() });
export const loadDelivery = ({ draft, ...delivery }: SavedDelivery): Delivery => ({ ...delivery, draft: new HopDraft(draft) });

/** Records that say what becomes of the mail unless it is stored. */
const VERDICTS: Readonly<Record<string, RecipientOutcome>> = {
	"delivery/save-failed": "deferred",
	"delivery/mailbox-not-opened": "deferred",
	"delivery/rejected": "rejected",
	"sieve/store-failed": "deferred",
	"sieve/redirect-failed": "deferred",
	"sieve/discard": "discarded",
	"sieve/redirect-duplicate": "discarded",
	"sieve/redirect-loop": "discarded",
	"sieve/reject": "bounced",
	"sieve/reject-silent": "discarded",
};

/** The log does not name the address that the client named: only the user. */
const settle = ({ draft, user }: Delivery, word: Omit<HopRecipient, "address">): void =>
	draft.settle({ address: user, ...word }, [user, ...word.became, word.mailbox].join("\n"));

/** An event of the session. */
export function note(delivery: Delivery, event: EventView, time: number): void {
	const { draft } = delivery;
	const code = event.code ?? "";
	draft.note(event, time);
	delivery.begun ??= time;
	draft.identify("message_id", event.texts("message.message_ids"));
	draft.size_bytes ??= event.number("message.size_bytes");
	const word = { time, event: event.id };
	const mailbox = event.text("mailbox");
	if (code === "mailbox/save") delivery.copied ??= { outcome: "delivered", ...word };
	else if (code === "delivery/saved" || code === "sieve/stored" || code === "sieve/piped")
		settle(delivery, { became: [], outcome: "delivered", mailbox, ...word });
	else if (code === "sieve/redirect") redirect(delivery, event, time);
	else if (code in VERDICTS) delivery.verdict = { outcome: outcomeOf(code, event), ...word };
	if (code === "sieve/reject") draft.from ??= event.text("envelope.from");
}

/** A full mailbox is refused for good, unless quota_full_tempfail is on: then the MTA tells. */
const outcomeOf = (code: string, event: EventView): RecipientOutcome =>
	code === "delivery/save-failed" && event.outcome === "failure" ? "rejected" : (VERDICTS[code] ?? "unknown");

/** The mail goes on to another address: the MTA gets it as a mail of its own. */
function redirect(delivery: Delivery, event: EventView, time: number): void {
	const to = event.text("envelope.to.0.address");
	if (to === undefined) return;
	settle(delivery, { became: [to], outcome: "handed_on", time, event: event.id });
	const answer = { reply: {}, result: "accepted", events: [event.id] } as const;
	delivery.draft.handOver(event.id, { time, server: {}, client: {}, to: [to], ...answer });
}

const TAKEN: ReadonlySet<RecipientOutcome> = new Set(["delivered", "handed_on", "discarded", "bounced"]);

/** Tells the hop of a delivery whose records are all there. */
export function finish(delivery: Delivery, emit: (hop: Hop) => void): void {
	const { draft, session, client } = delivery;
	// Nothing but a mailbox that was made, or an error while the user was looked up.
	const last = draft.recipients.length > 0 ? undefined : (delivery.verdict ?? delivery.copied);
	if (last !== undefined) settle(delivery, { became: [], ...last });
	const [first] = draft.recipients;
	if (first === undefined) return;
	draft.identify("session_id", [session]);
	const isAccepted = draft.recipients.some(({ outcome }) => TAKEN.has(outcome));
	const told = session === undefined || !isAccepted ? [] : [session];
	draft.arrival = { time: draft.end, begun: delivery.begun, client, server: {}, isAccepted, told };
	const hop = draft.hop();
	// What the client named is not known: users are no addresses, so they must not be compared with those of the MTA.
	emit({ ...hop, arrival: hop.arrival && { ...hop.arrival, to: [] } });
}
