/** A connection to smtpd: known by its process, from "connect from" to "disconnect from". */
import { type Endpoint, type Event, endpoint, type Filtering } from "../../src/format/define.js";
import type { Mail } from "./mail.js";

/** What was accepted of each command, and how often it was tried. */
interface Counts {
	readonly [command: string]: { readonly accepted: number; readonly total: number } | undefined;
	readonly data?: { readonly accepted: number; readonly total: number };
	readonly bdat?: { readonly accepted: number; readonly total: number };
}

/** A record with its time. */
export type Timed = readonly [event: Event, time: number];

export class Connection {
	/** The service: a filter sees its connections in the order of the log. */
	readonly series: string;
	/** Undefined when the beginning is not in the log. */
	readonly k: number | undefined;
	readonly begin: number;
	readonly client: Endpoint;
	/** "connect", "lost connection", "disconnect": they belong to all its mails. */
	readonly frame: Timed[] = [];
	/** Records without a queue id, before the mail that they are about. */
	pending: Timed[] = [];
	/** Its mails with a queue id that are not finished. */
	readonly mails: Set<Mail> = new Set();
	/** Mails refused before they had a queue id: those at RCPT by sender, which the next queue id may be of, too. */
	refused: Map<string, Mail> = new Map();
	/** It brought a mail or a refusal. */
	isEmpty = true;
	/** How many of its mails are in the log with their client, also those that a filter in front of the queue took. */
	begunMails = 0;
	end: number | undefined;
	endLine: Event["source"] | undefined;
	/** `ehlo=1 mail=1 rcpt=0/1` of "disconnect from", since release 3.0. */
	counts: Counts | undefined;
	#verdict: Pick<Filtering, "verdict" | "stage"> | undefined;

	constructor(event: Event, time: number, k?: number) {
		this.series = event.program ?? "";
		this.k = k;
		this.begin = time;
		this.client = endpoint(event.client);
	}

	/** Mails whose content was taken; undefined when the log does not say. */
	get takenMails(): number | undefined {
		return this.counts && (this.counts.data?.accepted ?? 0) + (this.counts.bdat?.accepted ?? 0);
	}

	/** It took one mail more than the log has of it. */
	get lacksOne(): boolean {
		// A log that begins in its middle has not all, and BDAT is counted for each piece of a mail.
		return this.k !== undefined && this.counts?.bdat === undefined && this.takenMails === this.begunMails + 1;
	}

	/** How a mail ended for the filter. What it says of one recipient is no end when content follows. */
	judge(verdict: Filtering["verdict"], stage: string | undefined): void {
		this.#verdict = { verdict, stage };
	}

	disconnect(event: Event, time: number): void {
		this.end = time;
		this.endLine = event.source;
		const { command_counts: counts } = event.fields ?? {};
		if (typeof counts === "object" && counts !== null) this.counts = counts as Counts;
	}

	/** As a mail filter sees it. */
	filtering(): readonly Filtering[] {
		const { series, k, begin, end, endLine: end_line } = this;
		return k === undefined ? [] : [{ side: "mta", begin, end, series, k, end_line, ...this.#ending(), words: [] }];
	}

	#ending(): Pick<Filtering, "verdict" | "stage"> | undefined {
		if (this.#verdict !== undefined || this.counts === undefined) return this.#verdict;
		if (this.takenMails !== 0) return { verdict: "accept", stage: "eom" };
		// A filter that said nothing sees it broken off after the last stage that was passed.
		const passed = LAST_STAGES.find(([command]) => (this.counts?.[command]?.accepted ?? 0) > 0);
		return { verdict: "abort", stage: passed?.[1] ?? "connect" };
	}
}

const LAST_STAGES = [
	["rcpt", "rcpt"],
	["mail", "mail"],
	["ehlo", "helo"],
	["helo", "helo"],
] as const;
