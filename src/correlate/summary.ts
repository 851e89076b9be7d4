import type { Needed } from "./lacking.js";
import type { ClockOffset } from "./trail.js";

/** What is told of a run when all trails are written. */
export interface CorrelateSummary {
	events: number;
	/** Events of formats that do not say what their events mean for a mail, or without a time. */
	unused: number;
	hops: number;
	links: number;
	trails: number;
	/** Trails that were given up because too much was open at once. */
	closed: number;
	/** Names that other layers have for a host, where they differ from that of its own log. */
	names: readonly { readonly host: string; readonly name: string }[];
	/** Names of sources that were sorted by the text of their records: their order within a second is lost. */
	sorted: readonly string[];
	/** Names of sources that begin with the same records: their mails are followed twice, and cannot be told apart. */
	doubled: readonly string[];
	/** Sources whose events lack keys that trails rest on. */
	lacking: readonly { readonly name: string; readonly keys: readonly Needed[] }[];
	/** Logs that name no host: each is taken for a host of its own. */
	unnamed: readonly string[];
	/** Sources whose time goes back in their middle, by the most seconds of one step: set clocks, or parts in the wrong order. */
	backward: readonly { readonly name: string; readonly seconds: number }[];
	/** Clock offsets that mails show, between hosts of which the case gives others. */
	contradicted: readonly ClockOffset[];
}

export const emptyCorrelateSummary = (): CorrelateSummary => ({
	events: 0,
	unused: 0,
	hops: 0,
	links: 0,
	trails: 0,
	closed: 0,
	names: [],
	sorted: [],
	doubled: [],
	lacking: [],
	unnamed: [],
	backward: [],
	contradicted: [],
});
