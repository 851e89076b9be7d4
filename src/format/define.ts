/**
 * The definition of a format: what a `grammars/<id>/format.ts` says beside its grammar and its catalog.
 *
 * A rule of the grammar (or a placeholder of a catalog template) becomes part of the event when its name
 * is a key of `captures`, a key of the catalog's `fields`, or one of the frame names of `FRAME_CAPTURES`.
 * Everything after a double underscore in a rule's name is dropped: `errno__integer` captures `errno`.
 */
export { fromEpoch, fromTai64n, utc } from "./epoch.js";

import type { Json } from "./json.js";
import type { TrackerState } from "./tracker-state.js";
import type { Emit, Tracker } from "./trail.js";

export type { Event } from "./event.js";
export type { Json } from "./json.js";

/** Reads another capture of the same record; undefined when it took no part. The last one, when repeated. */
export type Lookup = (capture: string) => string | undefined;

export type Level = "critical" | "error" | "warning" | "notice" | "info" | "debug";

/** A date that an id holds, or the year alone. Records with such an id come on that day or soon after it. */
export type Moment = number | { readonly year: number; readonly month: number; readonly day: number };

/** The day of an ISO 8601 time: `2026-11-21T02:08:32`. */
export const dayOf = (time: string): Moment => ({
	year: Number(time.slice(0, 4)),
	month: Number(time.slice(5, 7)),
	day: Number(time.slice(8, 10)),
});

/** Where a captured text goes in the event, and as what. `path` is dotted: `client.ip`, `envelope.to.0.address`. */
export type Field =
	| { readonly kind: "integer" | "number"; readonly path: string }
	| { readonly kind: "text"; readonly path: string; readonly around: Around }
	| { readonly kind: "list"; readonly path: string; readonly separator: string | undefined; readonly around: Around }
	| {
			readonly kind: "derived";
			readonly path: string;
			readonly from: (text: string, lookup: Lookup) => Json | undefined;
			/** Captures that `from` looks up, when they are known: results are then remembered by their texts. */
			readonly uses: readonly string[] | undefined;
	  }
	| { readonly kind: "level"; readonly basis: "line" | "colour"; readonly words: Readonly<Record<string, Level>> }
	| { readonly kind: "year"; readonly from: (text: string) => Moment | undefined };

/** Two ASCII signs that may stand around a text, such as `<>`: the text is what stands between them, when both are there. */
export type Around = string | undefined;

/** The text as written, or what stands between the signs around it: `text("envelope.from", "<>")`. */
export const text = (path: string, around?: Around): Field => ({ kind: "text", path, around });

/**
 * Decimal digits as a number with all its digits, up to 308 of them. Other text stays text, and is left out where the schema of events
 * wants a number.
 */
export const integer = (path: string): Field => ({ kind: "integer", path });

/** A decimal number, with fraction or exponent; other text as with `integer`. */
export const number = (path: string): Field => ({ kind: "number", path });

/** An array: one element for each time the rule matched, or the parts of one match between separators: `list("tags", "][", "[]")`. */
export const list = (path: string, separator?: string, around?: Around): Field => ({ kind: "list", path, separator, around });

/**
 * A value computed from the text; return undefined for "nothing". Must depend on its arguments only: results are
 * remembered when `from` looks up nothing, or only the captures named in `uses`.
 */
export const derived = (path: string, from: (text: string, lookup: Lookup) => Json | undefined, uses?: readonly string[]): Field => ({
	kind: "derived",
	path,
	from,
	uses: uses ?? (from.length < 2 ? [] : undefined),
});

/** The severity, when the line itself shows it in a word (or colour) of this table. */
export const level = (words: Readonly<Record<string, Level>>, basis: "line" | "colour" = "line"): Field => ({
	kind: "level",
	basis,
	words,
});

/**
 * Tells the year of records whose stamps have none, from an id that was made when the session or the mail of the record began: records
 * without such an id are dated from those with one. Give the whole date where the id has it: then New Year makes no mistake.
 */
export const year = (from: (text: string) => Moment | undefined): Field => ({ kind: "year", from });

/**
 * When the record was written, where no parts of a date tell it; `from` gives RFC 3339 with offset, or undefined:
 * `time(fromTai64n)`, `time(fromEpoch)`. It wins over the stamp of the frame.
 */
export const time = (from: (text: string) => string | undefined): readonly Field[] => [
	derived("time", from),
	derived("time_basis", (stamp) => (from(stamp) === undefined ? undefined : { year: "line", zone: "line" })),
];

/** Captures of one record, as text by name, in source order when repeated. */
export type Captured = Readonly<Record<string, readonly string[]>>;

/** Names that the engine reads itself. `payload` is what a frame carries, `content` what templates match. */
export const FRAME_CAPTURES = [
	"payload",
	"content",
	"host",
	"program",
	"pid",
	"priority",
	"severity",
	"year",
	"month",
	"day",
	"hour",
	"minute",
	"second",
	"fraction",
	"zone",
] as const;

/** Options of the logging program that decide how a line is read (Sun's LOG_* settings, for example). */
export interface Profile {
	/** Option name → what it is, and which switch rules of the grammar are on for a value; none for a value that it cannot have. */
	readonly options: Readonly<Record<string, { readonly title: string; readonly switches: (value: string) => readonly string[] }>>;
	/** Every switch rule: a rule of the grammar with the body `~""` (off); on means `""`. */
	readonly switches: readonly string[];
	/** Named sets of options. */
	readonly presets: Readonly<Record<string, Readonly<Record<string, string>>>>;
	/** Finds options from payloads of one source; says only what they prove. Called once with up to 1,000 payloads. */
	readonly infer: (
		payloads: readonly string[],
		matches: (switches: readonly string[], payload: string) => Captured | undefined,
	) => Readonly<Record<string, string>>;
}

/** Slot of a frame capture: the same in every parser. */
export const frameSlot = (name: (typeof FRAME_CAPTURES)[number]): number => FRAME_CAPTURES.indexOf(name);

/** SMTP replies of this program, which the catalog has as terms: they are found in logs of others, too. */
export interface Replies {
	/** Kind of those terms. */
	readonly kind: string;
	/** Finds the code of its term in a reply: the first group, of the last match. */
	readonly number?: RegExp;
	/** What templates of terms end in and a reply may lack: the number, an id. */
	readonly tail?: RegExp;
}

/** What `trail.js` exports. */
export interface TrailModule {
	/** Makes what follows the mails of one host, and calls `emit` for each; see trail.ts. With a state, it goes on from there. */
	readonly trail: (emit: Emit, state?: TrackerState) => Tracker;
}

export interface FormatDefinition {
	/** Id of the format, name of its folder. */
	readonly id: string;
	readonly title: string;
	/** Name of the grammar in `<id>.ohm`. */
	readonly grammar: string;
	/** Program names in a syslog frame that write this format; `*` stands for any text. */
	readonly programs?: readonly string[];
	/** Rules of the grammar that are framings of their own (console, foreground); they capture `payload`. */
	readonly frames?: readonly string[];
	/**
	 * Rule that frames records as those of `frames` do, but by their stamp alone: it counts only where the record before had a frame of this
	 * format, so that texts that the site itself writes into the log are read, and no log of another program is.
	 */
	readonly weakFrame?: string;
	/** Rule that reads the payload of a frame; `record` by default. It should accept any text of this program. */
	readonly record?: string;
	/** Rule that recognizes the format by content alone (bare lines, unknown program names); strict. */
	readonly bare?: string;
	/** Rule that recognizes a framed record whose text goes on in the next physical line. */
	readonly unfinished?: string;
	/** What stands before a catalog template in `content`; `{code}` is the entry's code. */
	readonly prefix?: string;
	/** Capture whose text is the code of a catalog entry, when no template matched. */
	readonly lookup?: string;
	/** Rule or placeholder name → place in the event. What is not named here goes to `fields` by the catalog. */
	readonly captures: Readonly<Record<string, Field | readonly Field[]>>;
	/**
	 * Case labels (`record_xml`) → rereads the captures where a grammar cannot: counted or encoded values.
	 * `match` applies a rule of the grammar to decoded text. The result replaces the captures.
	 */
	readonly expand?: Readonly<
		Record<string, (captured: Captured, match: (rule: string, text: string) => Captured | undefined) => Captured | undefined>
	>;
	/** Rules of the grammar that `expand` and `profile.infer` apply by name. */
	readonly reread?: readonly string[];
	readonly profile?: Profile;
	/** Place in the event → kind of the catalog's terms that stand there: `flags` → `flag`. */
	readonly words?: Readonly<Record<string, string>>;
	/** Kind of the terms that stand behind a code, a letter each: `EE` is the entry E with the modifier E. */
	readonly modifiers?: string;
	readonly replies?: Replies;
	/**
	 * How replies of this program tell the client under which id it has the mail: `queued as {id}`. Letters count in either case, `{id}` stands for
	 * a word. Other layers, of whatever format, quote such replies.
	 */
	readonly told?: readonly string[];
	/** The module that follows mails through the events of this format, imported when they are followed: `() => import("./trail.js")`. */
	readonly trail?: () => Promise<TrailModule>;
}

/** Declares a format; checks nothing yet, `loadFormat` does. */
export const defineFormat = (definition: FormatDefinition): FormatDefinition => definition;
