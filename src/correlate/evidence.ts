/**
 * What speaks for and against a handover and an arrival being the two ends of one transaction. Both ends saw the same dialogue, so what they say
 * of it must agree: a contradiction outweighs all that the sender of a mail can choose.
 */
import type { Clocks } from "./clocks.js";
import type { Knowledge } from "./knowledge.js";
import { type ArrivalEnd, addressKey, type HandoverEnd, type Pair, share } from "./nodes.js";
import { isBare } from "./pool.js";
import { isOutOfOrder, isQuoteProof, quotedId } from "./proof.js";
import type { Evidence, EvidenceKind } from "./trail.js";

/** Weights are natural logarithms: 3 means twenty times as likely. */
const WEIGHTS = {
	/** Most handovers to a host of the case are logged there. */
	present: 2,
	quoted_id: 12,
	/** By a server that may be anybody's. */
	doubtful_quote: 1,
	connection: 10,
	message_id: 8,
	sender: 4,
	recipient: 4,
	/** For each of these that disagrees. */
	contradiction: -9,
} as const;

/** Ends of one transaction are logged within this time when nothing exact ties them, in seconds. */
export const NEAR_SECONDS = 150;
const MOST_FOR_TIME = 3;
/** A link with this much else needs no quoted id. */
const SURE_WITHOUT_QUOTE = 12;
/** Connections that begin together end within seconds. */
const ENDS_A_SECOND = 1 / 4;

export interface Weighing {
	readonly clocks: Clocks;
	readonly knowledge: Knowledge;
	/** Arrivals a second at a layer, or those of which only the connection is known. */
	rate(arrival: ArrivalEnd): number;
	/** Ends of a layer that wait under a Message-ID. */
	repeats(messageId: string, pair: { readonly handover: HandoverEnd; readonly arrival: ArrivalEnd }): number;
}

/** Weighs a pair; undefined when it cannot be. */
export function weigh(handover: HandoverEnd, arrival: ArrivalEnd, weighing: Weighing): Pair | undefined {
	const evidence: Evidence[] = [];
	const add = (kind: EvidenceKind, weight: number, values: Evidence["values"]): void => {
		evidence.push({ kind, weight: Math.round(weight * 10) / 10, values });
	};
	const { knowledge, clocks } = weighing;
	if (isOutOfOrder(handover, arrival, clocks)) return undefined;
	const { isExact: exact, isQuoted } = transport(handover, arrival, knowledge, add);
	const isAgainst = ({ weight }: Evidence): boolean => weight < 0;
	// The same mail, in another transaction: a layer stands between them.
	const isOther = evidence.some(isAgainst);
	const said = evidence.length;
	envelope(handover, arrival, weighing, add);
	// Nothing else makes two mails one.
	if (evidence.some((one) => one.kind === "message_id" && isAgainst(one))) return undefined;
	if (!isResultPossible(handover, arrival)) add("result", WEIGHTS.contradiction, { from: handover.handover.result, to: "accepted" });
	// Nothing of the transport ties them: then nothing else may be against them.
	if (!exact && evidence.slice(said).some(isAgainst)) return undefined;
	if (isOther && !exact && !evidence.some(({ kind }) => kind === "message_id")) return undefined;
	const time = timing(handover, arrival, weighing);
	if (!exact && Math.abs(time.seconds) > NEAR_SECONDS) return undefined;
	add("time", time.weight, { seconds: time.seconds });
	const [before, behind] = [handover.node.layer, arrival.node.layer];
	const client = knowledge.client(arrival, before);
	const server = knowledge.server(handover, behind);
	if (client !== 0 || server !== 0) add("peer", client + server, peerValues(handover, arrival));
	const early = headStart(handover, arrival, clocks);
	if (early > 0) add("sequence", -Math.min(9, 3 * early), { seconds: early });
	const size = knowledge.size(handover, arrival);
	if (size !== undefined) add("size", size.weight, { growth: size.growth });
	const boundary = exact ? 0 : knowledge.boundary(before, behind);
	if (boundary < -1) add("sequence", boundary, { from: before.format, to: behind.format });
	const score = evidence.reduce<number>((sum, { weight }) => sum + weight, WEIGHTS.present);
	const isKnown = !isOther && knowledge.isDirect(handover, arrival);
	const hasOtherProof = !isQuoted || (isKnown && score - WEIGHTS.quoted_id >= SURE_WITHOUT_QUOTE);
	return { handover, arrival, evidence, score, isDirect: exact || isKnown, hasOtherProof };
}

type Add = (kind: EvidenceKind, weight: number, values: Evidence["values"]) => void;

/** What the two layers themselves say of their connection, and whether that ties them. */
function transport(
	handover: HandoverEnd,
	arrival: ArrivalEnd,
	knowledge: Knowledge,
	add: Add,
): { readonly isExact: boolean; readonly isQuoted: boolean } {
	const quoted = quotedId(handover, arrival);
	const isQuoted = quoted !== undefined && isQuoteProof(handover, arrival, knowledge);
	if (quoted !== undefined) add("quoted_id", isQuoted ? WEIGHTS.quoted_id : WEIGHTS.doubtful_quote, { value: quoted });
	else if (handover.quoted.length > 0 && arrival.told.length > 0)
		add("quoted_id", WEIGHTS.contradiction, { from: [...handover.quoted], to: [...arrival.told] });
	const [one, other] = [handover.handover.client, arrival.arrival.client];
	if (one.port === undefined || other.port === undefined || one.ip === undefined || other.ip === undefined)
		return { isExact: isQuoted, isQuoted };
	const isSame = one.port === other.port && one.ip === other.ip;
	const [from, to] = [`${one.ip}:${one.port}`, `${other.ip}:${other.port}`];
	if (isSame) add("connection", WEIGHTS.connection, { value: from });
	else add("connection", WEIGHTS.contradiction, { from, to });
	return { isExact: isQuoted || isSame, isQuoted };
}

/** Whether the ends disagree on what the sender chose: only their connection, or an id that one quotes, can join them then. */
export function disagree(handover: HandoverEnd, arrival: ArrivalEnd): boolean {
	if (handover.from !== undefined && arrival.from !== undefined && handover.from !== arrival.from) return true;
	const [ids, others] = [handover.messageIds, arrival.messageIds];
	if (ids.length > 0 && others.length > 0 && !ids.some((id) => others.includes(id))) return true;
	return handover.to.size > 0 && arrival.to.size > 0 && !share(handover.names, arrival.to);
}

/** What the sender chose. */
function envelope(handover: HandoverEnd, arrival: ArrivalEnd, weighing: Weighing, add: Add): void {
	const compare = (kind: EvidenceKind, from: Iterable<string>, to: ReadonlySet<string>, weight: (same: string) => number): void => {
		const same = [...from].find((one) => to.has(one));
		if (same !== undefined) return add(kind, weight(same), { value: same });
		add(kind, WEIGHTS.contradiction, { from: [...from], to: [...to] });
	};
	if (handover.messageIds.length > 0 && arrival.messageIds.length > 0)
		compare("message_id", handover.messageIds, new Set(arrival.messageIds), (id) =>
			Math.max(1, WEIGHTS.message_id - 2 * Math.log(weighing.repeats(id, { handover, arrival }))),
		);
	if (handover.from !== undefined && arrival.from !== undefined)
		compare("sender", [handover.from], new Set([arrival.from]), () => (handover.from === "" ? 1 : WEIGHTS.sender));
	if (handover.to.size > 0 && arrival.to.size > 0)
		compare("recipient", handover.names, arrival.to, () => WEIGHTS.recipient - 3 * strangers(handover, arrival));
}

/** Share of the recipients of the arrival that the hop did not hand over: with an equal set there are none. */
function strangers(handover: HandoverEnd, arrival: ArrivalEnd): number {
	const { handed } = handover.node;
	return [...arrival.to].filter((address) => !handed.has(address)).length / arrival.to.size;
}

/** An accepted mail was taken, a refused recipient was not. */
function isResultPossible({ handover, to }: HandoverEnd, { arrival, node }: ArrivalEnd): boolean {
	if (handover.result === "unknown") return true;
	if (handover.result === "accepted") return arrival.isAccepted;
	if (!arrival.isAccepted) return true;
	// Some recipients of a mail that was taken may have been refused.
	const refused = node.hop.recipients.filter(({ outcome }) => outcome === "rejected" || outcome === "deferred");
	return refused.some(({ address }) => to.has(addressKey(address)));
}

interface Timing {
	readonly seconds: number;
	readonly weight: number;
}

/** How far apart, corrected, and what that is worth beside the chance that another arrival came then. */
function timing(handover: HandoverEnd, arrival: ArrivalEnd, { clocks, rate }: Weighing): Timing {
	const [before, behind] = [handover.node.layer.host, arrival.node.layer.host];
	const at = clocks.corrected(before, handover.time);
	const taken = clocks.corrected(behind, arrival.time);
	const begun = arrival.arrival.begun === undefined ? taken : clocks.corrected(behind, arrival.arrival.begun);
	const spread = clocks.spread(before, behind);
	if (isBare(arrival) && isBare(handover)) {
		// Begin and end of the connection are all that there is.
		const [first, last] = [begun - at, taken - clocks.corrected(before, handover.node.hop.end)];
		const weight = within(first, spread, rate(arrival)) + within(last, spread, ENDS_A_SECOND);
		return { seconds: tenths(first), weight: Math.max(-8, Math.min(MOST_FOR_TIME, weight)) };
	}
	// One that was not taken has no moment of its own: any time of its connection is right.
	const off = arrival.arrival.isAccepted ? taken - at : Math.max(0, begun - at) - Math.max(0, at - taken);
	return { seconds: tenths(off), weight: Math.max(-8, Math.min(MOST_FOR_TIME, within(off, spread, rate(arrival)))) };
}

/** Seconds by which the arrival began before the mail came to the hop that is said to have handed it over; stamps of whole seconds allowed for. */
function headStart(handover: HandoverEnd, arrival: ArrivalEnd, clocks: Clocks): number {
	if (arrival.arrival.begun === undefined) return 0;
	const [before, behind] = [handover.node.layer.host, arrival.node.layer.host];
	const begun = clocks.corrected(behind, arrival.arrival.begun);
	return Math.max(0, tenths(clocks.corrected(before, handover.node.hop.start) - begun) - clocks.spread(before, behind));
}

const tenths = (milliseconds: number): number => Math.round(milliseconds / 100) / 10;

/** Of a difference in milliseconds, beside so many others a second. */
const within = (off: number, spread: number, rate: number): number =>
	Math.log((0.95 * (Math.exp(-Math.abs(off) / 1000 / spread) / (2 * spread)) + 0.05 / (2 * NEAR_SECONDS)) / rate);

function peerValues({ handover, node }: HandoverEnd, { arrival, node: other }: ArrivalEnd): Evidence["values"] {
	const client = arrival.client.ip ?? arrival.client.host;
	const server = handover.server.ip ?? handover.server.host;
	const values: Evidence["values"] = {};
	if (client !== undefined) {
		values.client = client;
		values.client_host = node.layer.host;
	}
	if (arrival.client.helo !== undefined) values.helo = arrival.client.helo;
	if (server !== undefined) {
		values.server = server;
		values.server_host = other.layer.host;
	}
	return values;
}
