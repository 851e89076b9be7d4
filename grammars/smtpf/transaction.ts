/** A transaction of smtpf: one MAIL command and what follows, up to the reply to the content. */
import {
	type Endpoint,
	type Event,
	fieldText,
	type Hop,
	HopDraft,
	type HopRecipient,
	type RecipientOutcome,
	reply,
} from "../../src/format/define.js";

/** References of replies that repeat those of the forward host: to RCPT (299 its text, 300 its codes), to the content. */
const RELAYED = new Set(["299", "300", "306", "307"]);
const isRelayed = (event: Event): boolean => RELAYED.has(event.smtp?.reference ?? "");

const RESULTS = { "2": "accepted", "4": "deferred", "5": "rejected" } as const;
const resultOf = (code: string | undefined): "accepted" | "deferred" | "rejected" | "unknown" =>
	RESULTS[(code ?? "").charAt(0) as keyof typeof RESULTS] ?? "unknown";

/** What a reply to RCPT, to DATA or to the content means for a recipient. */
function outcomeOf(event: Event): RecipientOutcome {
	if (event.action === "recipient.discard" || event.action === "message.discard") return "discarded";
	const result = resultOf(event.smtp?.code);
	return result === "accepted" ? "handed_on" : result;
}

export type Timed = readonly [event: Event, time: number];

const isAccepted = ([event]: Timed): boolean => event.action === "recipient.accept";

/** The part of an address that routes go by. */
const domainOf = (address: string): string => address.slice(address.lastIndexOf("@") + 1).toLowerCase();
/** `route:example.net`, before 2.3 `domain=example.net`: it serves the domain, and those below that have no route of their own. */
const routeOf = (event: Event): string =>
	(fieldText(event, "route") ?? fieldText(event, "domain") ?? "").replace(/^route:/, "").toLowerCase();

/** Whether the forward host of an answer serves a domain by name. */
const serves = ([answer]: Timed, domain: string): boolean => domain === routeOf(answer) || domain.endsWith(`.${routeOf(answer)}`);

export class Transaction {
	readonly draft: HopDraft = new HopDraft();
	id: string | undefined;
	readonly #begun: number;
	/** Replies to RCPT, in order. */
	readonly #recipients: Timed[] = [];
	/** What forward hosts said to the content. */
	readonly #answers: Timed[] = [];
	/** The reply to DATA or to the content. */
	#end: Timed | undefined;
	/** The log has its MAIL command. */
	#isBegun = false;

	/** `before`: records of the session that led to it. */
	constructor(sessionId: string, event: Event, time: number, before: readonly Timed[]) {
		this.#begun = time;
		this.draft.identify("session_id", [sessionId]);
		for (const [earlier, moment] of before) this.add(earlier, moment);
		this.add(event, time);
	}

	/** The client was told what becomes of it. */
	get isAnswered(): boolean {
		return this.#end !== undefined;
	}

	add(event: Event, time: number): void {
		this.draft.note(event, time);
		this.draft.identify("message_id", event.message?.message_ids);
		this.id ||= event.message?.transaction_id;
		this.draft.size_bytes ??= event.message?.size_bytes;
		switch (event.code?.replace("_unnumbered", "")) {
			case "717":
			case "sender":
				this.draft.from = event.envelope?.from;
				this.#isBegun = true;
				break;
			case "718":
			case "recipient":
				this.#recipients.push([event, time]);
				break;
			case "304":
				this.#answers.push([event, time]);
				break;
			case "719":
			case "data":
			case "720":
			case "message":
				this.#end = [event, time];
				break;
			case "337":
				this.draft.relations.push({
					kind: "resubmission",
					role: "source",
					id: fieldText(event, "previous_session") ?? "",
					event: event.id,
				});
				break;
		}
	}

	/** The forward hosts have it, and the client was told so. */
	get isForwarded(): boolean {
		return this.#end?.[0].action === "message.accept";
	}

	/**
	 * `last`: the record with which the session ended, or the last that the log has of it. `hasLostAnswers`: more mails of the session were
	 * forwarded than the log has answers.
	 */
	finish([last, time]: Timed, client: Endpoint, isEnded: boolean, hasLostAnswers: boolean): Hop {
		const { draft } = this;
		const [end, moment] = this.#end ?? [last, time];
		const isOpen = this.#end === undefined && isEnded && this.#recipients.some(isAccepted);
		// A client that went away leaves no answer.
		const isAborted = isOpen && this.#answers.length === 0 && !hasLostAnswers;
		if (!this.#isBegun) draft.missing.push("its beginning");
		if (this.#hasLost) draft.missing.push("some of its recipients");
		if (isOpen && !isAborted) draft.missing.push("the answer to its content");
		draft.identify("transaction_id", [this.id]);
		const unanswered = isAborted ? "aborted" : this.#unanswered;
		for (const recipient of this.#recipients) draft.settle(this.#recipient(recipient, [end, moment], unanswered));
		this.#handOver(moment);
		const isTaken = this.#end !== undefined && resultOf(end.smtp?.code) === "accepted";
		const told = isTaken && this.id !== undefined ? [this.id] : [];
		draft.arrival = { time: moment, begun: this.#begun, client, server: {}, isAccepted: isTaken, told };
		return draft.hop();
	}

	/** The answer to the content counts more accepted recipients than the log has. */
	get #hasLost(): boolean {
		const counted = Number(this.#end?.[0].fields?.recipients_accepted ?? 0);
		return this.#recipients.filter(([{ smtp }]) => resultOf(smtp?.code) === "accepted").length < counted;
	}

	#recipient(recipient: Timed, [end, moment]: Timed, unanswered: RecipientOutcome): HopRecipient {
		const [event, heard] = recipient;
		// The last word on it: the reply to RCPT when it was refused or thrown away there, else what ended the transaction.
		const isPassed = isAccepted(recipient);
		const word = isPassed ? end : event;
		const outcome = isPassed && this.#end === undefined ? unanswered : outcomeOf(word);
		const repeats = (outcome === "rejected" || outcome === "deferred") && isRelayed(word) ? "server" : undefined;
		const { code, enhanced, text } = word.smtp ?? {};
		const smtp = word.smtp === undefined ? undefined : { code, enhanced, text };
		return { address: addressOf(event), became: [], outcome, repeats, smtp, time: isPassed ? moment : heard, event: word.id };
	}

	/** What the forward hosts show of a recipient when the answer to the content is not in the log. */
	get #unanswered(): RecipientOutcome {
		const isTaken = this.#answers.length > 0 && this.#answers.every(([event]) => resultOf(event.smtp?.code) === "accepted");
		return isTaken ? "handed_on" : "unknown";
	}

	/**
	 * A forward host is told of a recipient when the client names it: those that were refused by its reply belong to the same connection.
	 * Recipients that no route serves by name went to one that serves no other by name either. Without the
	 * answers to the content (#304) nobody knows how many forward hosts there were.
	 */
	#handOver(moment: number): void {
		const routes = new Map<Timed | undefined, Timed[]>();
		const domains = this.#recipients.map(([event]) => domainOf(addressOf(event)));
		const unnamed = this.#answers.find((answer) => !domains.some((domain) => serves(answer, domain)));
		for (const recipient of this.#recipients) {
			const [event] = recipient;
			if (!isAccepted(recipient) && !isRelayed(event)) continue;
			const answer = this.#answerFor(domainOf(addressOf(event))) ?? unnamed;
			const recipients = routes.get(answer) ?? [];
			routes.set(answer, recipients);
			recipients.push(recipient);
		}
		// What was handed over stays known when the log lost the records of its recipients.
		for (const answer of this.#answers) if (!routes.has(answer)) routes.set(answer, []);
		if (routes.size === 0 && this.#hasLost) routes.set(undefined, []);
		for (const [answer, recipients] of routes) {
			const [event, time] = answer ?? this.#lastWord(recipients, moment);
			const said = event === undefined ? { quoted: [] } : reply(event.smtp);
			const to = recipients.map(([recipient]) => addressOf(recipient));
			const result = event === undefined ? this.#unheard() : resultOf(event.smtp?.code);
			const events = [...new Set([...recipients.map(([recipient]) => recipient.id), ...(event === undefined ? [] : [event.id])])];
			this.draft.handOver(events.join(), { time, server: {}, client: {}, to, reply: said, result, events });
		}
	}

	/** The answer of the route with the longest name that serves the domain. */
	#answerFor(domain: string): Timed | undefined {
		const serving = this.#answers.filter((answer) => serves(answer, domain));
		return serving.sort(([left], [right]) => routeOf(right).length - routeOf(left).length)[0];
	}

	/** What the forward host said, as far as the replies to the client show it. */
	#lastWord(recipients: readonly Timed[], moment: number): readonly [event: Event | undefined, time: number] {
		const isAllRefused = !recipients.some(isAccepted);
		const [refusal] = recipients;
		if (isAllRefused && refusal !== undefined) return refusal;
		const [end] = this.#end ?? [];
		return [end !== undefined && isRelayed(end) ? end : undefined, moment];
	}

	/** The forward host said nothing that is logged: it has the mail when the client was told that it is taken. */
	#unheard(): "accepted" | "unknown" {
		return this.isForwarded ? "accepted" : "unknown";
	}
}

const addressOf = (event: Event): string => event.envelope?.to?.[0]?.address ?? "";
