/**
 * A frame: what stands around the text of a program. `grammars/frames/<id>/frame.ts` says beside its grammar what that cannot say.
 *
 * Frames of syslog name host and program. Carriers wrap a line of a log as a whole: containers, collectors, the journal, what people
 * do with grep. Both are grammars whose rule `frame` reads the whole record; what a frame carries is its `payload`.
 */
import type { Parser } from "../grammar/parser.js";
import type { CarrierKind } from "./event.js";
import type { FrameCapture } from "./frame-captures.js";

/** How the texts stand in a carrier: as they are, or in quotes of JSON or CSV, or between escape sequences of a terminal. */
export type Escapes = "none" | "json" | "csv" | "terminal";

/** How a frame is read, whether it is that of a folder or one of a format. */
export interface FrameReading {
	/** What kind of carrier it is; absent for frames of syslog and those that programs write themselves. */
	readonly carrier?: CarrierKind;
	readonly escapes?: Escapes;
	/** Captures without which it is none: keys of an object may stand in any order, so the grammar cannot say that. */
	readonly requires?: readonly FrameCapture[];
	/** It stands only behind the name of a program (`message repeated`), or in what a relay passes on. */
	readonly within?: readonly ("program" | "relay")[];
	/** It is a record by itself, also when it holds no text. */
	readonly isEvent?: boolean;
	/** It says so little of itself that it counts only around a frame, or around a text that a format knows. */
	readonly isLoose?: boolean;
	/** It counts only when a format knows its program by name. */
	readonly namesProgram?: boolean;
	/** It names months in other words, by captures `month_1` to `month_12`, or tells a time since 1970. */
	readonly isPrepared?: boolean;
	/** Its text goes on in the next record of the same stream when `carrier_partial` is captured. */
	readonly mayBePartial?: boolean;
	/** A text of so many bytes that has no line end goes on in the next record of the same stream. */
	readonly partBytes?: number;
}

/** A rule of a format that reads a frame of its own, when it is more than a name. */
export interface OwnFrame extends FrameReading {
	readonly rule: string;
}

/** The rule of a frame of a format. */
export const ownRule = (frame: string | OwnFrame): string => (typeof frame === "string" ? frame : frame.rule);

export interface FrameDefinition extends FrameReading {
	/** Name of its folder and of its grammar file. */
	readonly id: string;
	readonly title: string;
	/** Name of the grammar in `<id>.ohm`. */
	readonly grammar: string;
	/** Frames are tried by their place, the lowest first. */
	readonly place: number;
}

/** Declares a frame; checks nothing yet. */
export const defineFrame = (definition: FrameDefinition): FrameDefinition => definition;

/** Rule of a frame's grammar that reads a record. */
export const FRAME_RULE = "frame";

/** A frame that can be read. */
export interface Frame {
	readonly definition: FrameDefinition;
	readonly parser: Parser;
	/** For each byte 1 when a record may begin with it, then for the empty text. */
	readonly begins: Uint8Array;
	readonly folder: string;
}

/** All frames of a folder, in the order in which they are tried. */
export type Framing = readonly Frame[];
