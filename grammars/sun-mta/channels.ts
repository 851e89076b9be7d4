/** What the entries of a channel mean for a recipient. */
import type { RecipientOutcome } from "../../src/format/api.js";

/** Channels whose D without an E entry before it says nothing of the recipient. */
export const PASSING: ReadonlySet<string> = new Set(["process", "reprocess", "conversion", "defragment"]);
const THROWING = new Set(["bitbucket", "filter_discard"]);
/** Names of channels that speak SMTP or LMTP. */
export const isSmtp = (channel: string): boolean => channel.startsWith("tcp_");

/** What an entry says of its recipient. */
export function outcomeOf(action: string, channel: string): RecipientOutcome | undefined {
	if (action === "R" || action === "K") return "bounced";
	if (action === "Q" || action === "Z") return "deferred";
	if (action !== "D") return undefined;
	if (isSmtp(channel)) return "handed_on";
	if (THROWING.has(channel)) return "discarded";
	return PASSING.has(channel) ? "unknown" : "delivered";
}

/** What the next server did, by what became of the recipient here. */
export const RESULTS = { handed_on: "accepted", deferred: "deferred", bounced: "rejected" } as const;
