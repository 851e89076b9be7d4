/** A connection to smtpd: known by its process, from "connect from" to "disconnect from". Plain data, and what is asked of it. */
import { type Endpoint, type EventPart, type EventView, endpoint, type Filtering, placeOf } from "../../src/format/api.js";

/** What was accepted of each command, and how often it was tried. */
interface Counts {
	readonly [command: string]: { readonly accepted: number; readonly total: number } | undefined;
	readonly data?: { readonly accepted: number; readonly total: number };
	readonly bdat?: { readonly accepted: number; readonly total: number };
}

/** A record with its time. */
export type Timed = readonly [event: EventPart, time: number];

/** A record of the connection as a whole. */
export interface FrameRecord {
	readonly id: string;
	readonly time: number;
	readonly code: string;
	readonly client: Endpoint;
}

export interface Connection {
	/** The service: a filter sees its connections in the order of the log. */
	readonly series: string;
	/** Undefined when the beginning is not in the log. */
	readonly k?: number | undefined;
	readonly begin: number;
	readonly client: Endpoint;
	/** "connect", "lost connection", "disconnect": they belong to all its mails. */
	readonly frame: FrameRecord[];
	/** Records without a queue id, before the mail that they are about. */
	readonly pending: Timed[];
	/** Numbers of its mails with a queue id that are not finished. */
	readonly mails: Set<number>;
	/** Mails refused before they had a queue id: those at RCPT by sender, which the next queue id may be of, too. */
	refused: Map<string, number>;
	/** It brought a mail or a refusal. */
	isEmpty: boolean;
	/** How many of its mails are in the log with their client, also those that a filter in front of the queue took. */
	begunMails: number;
	end?: number | undefined;
	endLine?: Filtering["end_line"];
	/** `ehlo=1 mail=1 rcpt=0/1` of "disconnect from", since release 3.0. */
	counts?: Counts | undefined;
	/** How a mail ended for the filter. What it says of one recipient is no end when content follows. */
	verdict?: Pick<Filtering, "verdict" | "stage"> | undefined;
}

export const newConnection = (event: EventView, begin: number, k?: number): Connection => ({
	series: event.program ?? "",
	k,
	begin,
	client: endpoint(event, "client"),
	frame: [],
	pending: [],
	mails: new Set(),
	refused: new Map(),
	isEmpty: true,
	begunMails: 0,
});

export type SavedConnection = Omit<Connection, "mails" | "refused"> & {
	readonly mails: readonly number[];
	readonly refused: readonly (readonly [sender: string, mail: number])[];
};

export const saveConnection = (connection: Connection): SavedConnection => ({
	...connection,
	frame: [...connection.frame],
	pending: [...connection.pending],
	mails: [...connection.mails],
	refused: [...connection.refused],
});

export const loadConnection = (saved: SavedConnection): Connection => ({
	...saved,
	mails: new Set(saved.mails),
	refused: new Map(saved.refused),
});

/** Mails whose content was taken; undefined when the log does not say. */
export const takenMails = ({ counts }: Connection): number | undefined =>
	counts && (counts.data?.accepted ?? 0) + (counts.bdat?.accepted ?? 0);

/** It took one mail more than the log has of it. */
export const lacksOne = (connection: Connection): boolean =>
	// A log that begins in its middle has not all, and BDAT is counted for each piece of a mail.
	connection.k !== undefined && connection.counts?.bdat === undefined && takenMails(connection) === connection.begunMails + 1;

export function disconnect(connection: Connection, event: EventView, time: number): void {
	connection.end = time;
	connection.endLine = placeOf(event);
	const counts = event.value("fields.command_counts");
	if (typeof counts === "object" && counts !== null) connection.counts = counts as Counts;
}

/** As a mail filter sees it. */
export function filteringOf(connection: Connection): readonly Filtering[] {
	const { series, k, begin, end, endLine: end_line } = connection;
	const { verdict, stage } = endingOf(connection) ?? {};
	return k === undefined ? [] : [{ side: "mta", begin, end, series, k, end_line, verdict, stage, words: [] }];
}

const LAST_STAGES = [
	["rcpt", "rcpt"],
	["mail", "mail"],
	["ehlo", "helo"],
	["helo", "helo"],
] as const;

function endingOf(connection: Connection): Pick<Filtering, "verdict" | "stage"> | undefined {
	const { verdict, counts } = connection;
	if (verdict !== undefined || counts === undefined) return verdict;
	if (takenMails(connection) !== 0) return { verdict: "accept", stage: "eom" };
	// A filter that said nothing sees it broken off after the last stage that was passed.
	const passed = LAST_STAGES.find(([command]) => (counts[command]?.accepted ?? 0) > 0);
	return { verdict: "abort", stage: passed?.[1] ?? "connect" };
}
