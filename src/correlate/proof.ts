/**
 * When an id that a reply quotes proves a handover. Whoever is handed a mail may answer with any id: one that it has seen in another mail of the
 * same hosts, at any time. So something must agree that it did not choose.
 */
import type { Clocks } from "./clocks.js";
import type { Knowledge } from "./knowledge.js";
import { type ArrivalEnd, type HandoverEnd, share } from "./nodes.js";

export const quotedId = ({ quoted }: HandoverEnd, { told }: ArrivalEnd): string | undefined => quoted.find((id) => told.includes(id));

/** Whether the server that quotes the id is known to be the layer of the arrival, or enough else agrees. */
export function isQuoteProof(handover: HandoverEnd, arrival: ArrivalEnd, knowledge: Knowledge): boolean {
	const server = knowledge.serverIs(handover, arrival.node.layer);
	if (server === "same") return true;
	const client = knowledge.clientIs(arrival, handover.node.layer);
	const hasMessageId = handover.messageIds.some((id) => arrival.messageIds.includes(id));
	const agreements = Number(client === "same") + Number(hasMessageId);
	// Who hands a mail back to another host of the case keeps its Message-ID, and is its client there.
	if (server === "other") return agreements === 2;
	if (client === "other") return server === "untold" && hasMessageId;
	return agreements > 0 || hasSameEnvelope(handover, arrival);
}

const hasSameEnvelope = (handover: HandoverEnd, arrival: ArrivalEnd): boolean =>
	handover.from !== undefined && handover.from === arrival.from && share(handover.names, arrival.to);

/** What stamps may be off beside the error of the clocks, in seconds: they are whole seconds, and lines are written late. */
const LATE_LINES = 1;
const SPREADS = 3;
/** A reply comes so long after the mail was taken at most, in seconds. */
const LONGEST_REPLY = 150;

/** Whether two ends cannot be one transaction by their times: the mail was not there yet, or was long gone. */
export function isOutOfOrder(handover: HandoverEnd, arrival: ArrivalEnd, clocks: Clocks): boolean {
	const [before, behind] = [handover.node.layer.host, arrival.node.layer.host];
	if (!clocks.isKnown(before, behind)) return false;
	const doubt = 1000 * (LATE_LINES + SPREADS * clocks.spread(before, behind));
	const [came, replied] = [handover.node.hop.start, handover.time].map((time) => clocks.corrected(before, time));
	const [begun, taken] = [arrival.arrival.begun ?? arrival.time, arrival.time].map((time) => clocks.corrected(behind, time));
	if (came === undefined || replied === undefined || begun === undefined || taken === undefined) return false;
	return begun > replied + doubt || taken < came - doubt || replied > taken + doubt + 1000 * LONGEST_REPLY;
}
