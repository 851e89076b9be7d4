/** A mail of Postfix: a queue id from its first record to "removed", or a refusal that came before there was a queue id. */
import {
	type Endpoint,
	type Event,
	endpoint,
	type Filtering,
	fieldText,
	type Hop,
	HopDraft,
	type HopRecipient,
	type RecipientOutcome,
	type Reply,
	reply,
} from "../../src/format/define.js";
import type { Connection } from "./connection.js";

/** A word on all recipients: hold, discard, a refusal after the content. */
interface Decision extends Pick<HopRecipient, "outcome" | "repeats" | "smtp" | "time" | "event"> {
	readonly to: readonly string[];
}

/** What the next server did, by what became of the recipient here. */
const RESULTS = { handed_on: "accepted", delivered: "accepted", bounced: "rejected", deferred: "deferred" } as const;
const isAnswered = (outcome: RecipientOutcome): outcome is keyof typeof RESULTS => outcome in RESULTS;

export class Mail {
	readonly queueId: string | undefined;
	connection: Connection | undefined;
	readonly draft: HopDraft = new HopDraft();
	/** Refusals of the same connection from before it had a queue id, by sender. */
	earlier: ReadonlyMap<string, Mail> = new Map();
	/** It began here: a notification, what a local alias forwards, a mail of the command sendmail. */
	isLocal = false;
	/** The record `client=` is there. */
	hasClient = false;
	/** When the queue manager had it first. */
	taken: number | undefined;
	/** How many recipients it had then. */
	expected = 0;
	/** When it left the queue: all that became of it was told before. */
	removed: { readonly event: string; readonly time: number } | undefined;
	begun: number;
	client: Endpoint | undefined;
	#decision: Decision | undefined;

	constructor(queueId: string | undefined, connection: Connection | undefined, time: number) {
		this.queueId = queueId;
		this.connection = connection;
		this.client = connection?.client;
		this.begun = time;
		this.draft.identify("queue_id", [queueId]);
		for (const [event, moment] of connection?.frame ?? []) this.note(event, moment);
	}

	note(event: Event, time: number): void {
		this.draft.note(event, time);
		this.draft.identify("message_id", event.message?.message_ids);
		this.draft.from ??= event.envelope?.from;
		this.draft.size_bytes ??= event.message?.size_bytes;
		const { client } = event;
		if (client !== undefined) this.client = { ...endpoint(client), ...this.client, helo: this.client?.helo ?? client.helo };
	}

	/** Refusals from before it had a queue id. */
	absorb({ draft, client }: Mail): void {
		this.draft.absorb(draft);
		if (client !== undefined) this.client = { ...client, ...this.client, helo: this.client?.helo ?? client.helo };
	}

	/** The only connection that it can have come by. */
	join(connection: Connection): void {
		this.connection = connection;
		// With others before it, it began later.
		if (connection.begunMails === 0) this.begun = connection.begin;
		const before = new HopDraft();
		for (const [event, time] of connection.frame) (event.code === "smtpd/connect" ? before : this.draft).note(event, time);
		this.draft.absorb(before);
		this.client = { ...connection.client, ...this.client };
	}

	get isDecided(): boolean {
		return this.#decision !== undefined;
	}

	/** Refuses one recipient at RCPT, else the mail. */
	refuse(event: Event, time: number): void {
		const outcome = event.outcome === "temporary_failure" ? "deferred" : "rejected";
		const [recipient] = event.envelope?.to ?? [];
		if (stageOf(event) !== "rcpt" || recipient?.address === undefined) return this.decide(event, time, outcome);
		this.draft.settle({
			address: recipient.address,
			became: [],
			outcome,
			repeats: byFilter(event),
			smtp: said(event),
			time,
			event: event.id,
		});
	}

	decide(event: Event, time: number, outcome: RecipientOutcome): void {
		const to = (event.envelope?.to ?? []).flatMap(({ address }) => address ?? []);
		this.#decision = { to, outcome, repeats: byFilter(event), smtp: said(event), time, event: event.id };
	}

	/** Out of the hold queue. */
	release(): void {
		this.#decision = undefined;
	}

	deliver(event: Event, time: number, outcome: RecipientOutcome): void {
		const [recipient] = event.envelope?.to ?? [];
		if (recipient?.address === undefined) return;
		const { address: current, original: address = current } = recipient;
		// Without a reply nobody knows what the other server has.
		const isAnswer = event.smtp?.code !== undefined && fieldText(event, "relay") !== "none";
		const repeats = isAnswer && (outcome === "bounced" || outcome === "deferred") ? "server" : undefined;
		const became = current === address ? [] : [current];
		this.draft.settle({ address, became, outcome, repeats, smtp: said(event), time, event: event.id });
		if (!isAnswer && event.server === undefined) return;
		const queuedAs = fieldText(event, "queued_as");
		const answer: Reply = { ...reply(event.smtp), quoted: queuedAs === undefined ? [] : [queuedAs] };
		const result = isAnswer && isAnswered(outcome) ? RESULTS[outcome] : "unknown";
		this.draft.handOver([event.pid, fieldText(event, "relay"), result, answer.code, answer.text].join(" "), {
			time,
			server: endpoint(event.server),
			client: {},
			to: [current],
			reply: answer,
			result,
			events: [event.id],
		});
	}

	/** Those who waited until now wait no longer. */
	giveUp(event: Event, time: number, outcome: RecipientOutcome): void {
		for (const recipient of this.draft.recipients) {
			if (recipient.outcome === "deferred") this.draft.settle({ ...recipient, outcome, repeats: undefined, time, event: event.id });
		}
	}

	/** No client brought it. Notices to the postmaster and probes of addresses have none, and nothing else says so. */
	get isOwn(): boolean {
		return this.isLocal || (!this.hasClient && this.draft.from?.startsWith("double-bounce@") === true);
	}

	finish(): Hop {
		const { draft, connection, isOwn } = this;
		const isKept = this.#decision?.outcome === "quarantined" || this.#decision?.outcome === "discarded";
		const isAccepted = this.taken !== undefined || (isKept && connection?.takenMails !== 0);
		if (this.#decision !== undefined && isKept && !isAccepted)
			this.#decision = { ...this.#decision, outcome: "aborted", repeats: undefined };
		for (const recipient of this.#undecided()) draft.settle(recipient);
		if (!isOwn && !this.hasClient && this.queueId !== undefined) draft.missing.push("its beginning");
		if (!isOwn) {
			draft.arrival = {
				time: this.taken ?? this.#decision?.time ?? draft.recipients.at(-1)?.time ?? draft.end,
				begun: this.begun,
				client: this.client ?? {},
				server: {},
				isAccepted,
				told: isAccepted ? draft.ids("queue_id") : [],
			};
		}
		draft.filterings.push(...(connection?.filtering() ?? []));
		if (this.removed === undefined && this.taken !== undefined) draft.missing.push("its end");
		if (this.removed !== undefined && this.expected > 0 && draft.recipients.length === 0) this.#handOverUnheard(this.removed);
		return draft.hop();
	}

	/** The log lost what became of its recipients: some server may have it. */
	#handOverUnheard({ event, time }: NonNullable<Mail["removed"]>): void {
		this.draft.missing.push("its deliveries");
		this.draft.handOver(event, { time, server: {}, client: {}, to: [], reply: { quoted: [] }, result: "unknown", events: [event] });
	}

	/** Recipients of whom nothing but the decision on the mail is known. */
	#undecided(): readonly HopRecipient[] {
		if (this.#decision === undefined) return [];
		const { to, ...word } = this.#decision;
		const known = new Set(this.draft.recipients.map(({ address }) => address));
		return to.filter((address) => !known.has(address)).map((address) => ({ address, became: [], ...word }));
	}
}

const STAGES: Readonly<Record<string, string>> = {
	CONNECT: "connect",
	HELO: "helo",
	EHLO: "helo",
	MAIL: "mail",
	RCPT: "rcpt",
	DATA: "data",
	"END-OF-MESSAGE": "eom",
};

/** The stage of the dialogue in which something was said, in the words of hops. */
export function stageOf(event: Event): string | undefined {
	return STAGES[fieldText(event, "stage") ?? ""];
}

/** Postfix's own header checks after a filter (`milter/header-…`) are its own words. */
const byFilter = (event: Event): HopRecipient["repeats"] => (FILTER_CODES.has(event.code ?? "") ? "filter" : undefined);
const FILTER_CODES: ReadonlySet<string> = new Set(["milter/reject", "milter/hold", "milter/discard"]);

/** What the filter of the connection decided, when the record says so. */
export function verdictOf(event: Event): Filtering["verdict"] {
	switch (event.code) {
		case "milter/reject":
			return event.outcome === "temporary_failure" ? "temporary_failure" : "reject";
		case "milter/hold":
			return "quarantine";
		case "milter/discard":
			return "discard";
		default:
			return undefined;
	}
}

/** The reply, or the reason where there is none. */
function said(event: Event): Pick<Reply, "code" | "enhanced" | "text"> | undefined {
	if (event.smtp !== undefined) return { code: event.smtp.code, enhanced: event.smtp.enhanced, text: event.smtp.text };
	const reason = fieldText(event, "reason");
	return reason === undefined ? undefined : { enhanced: fieldText(event, "dsn"), text: reason };
}
