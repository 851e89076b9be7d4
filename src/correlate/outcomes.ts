/** What became of a recipient: followed through the layers, to the one that decided. */
import type { Endpoint, HopRecipient } from "../format/trail.js";
import { addressKey, type HandoverEnd, type Link, type Node } from "./nodes.js";
import { MOST_RIVALS } from "./rivals.js";
import type { TrailOutcome, TrailRecipient } from "./trail.js";

export interface Decider {
	readonly format: string;
	readonly host: string;
}

/** Names a layer that decided and has no hop in the trail. */
export interface Deciders {
	/** The only filter of a host. */
	filterOf(host: string): Decider | undefined;
	layerOfServer(server: Endpoint): Decider | undefined;
}

/** Of several ends of one recipient the first of these is told; all of them stand in `expanded`. */
const GRAVEST: readonly TrailOutcome[] = [
	"bounced",
	"expired",
	"rejected",
	"quarantined",
	"discarded",
	"deferred",
	"aborted",
	"unknown",
	"relayed",
	"delivered",
];
type Seen = Set<HopRecipient>;

/** Recipients as the first layer saw them; of several tries the last counts. */
export function recipientsOf(nodes: readonly Node[], deciders: Deciders): TrailRecipient[] {
	const found = new Map<string, TrailRecipient>();
	for (const node of nodes) {
		if (node.links.some(({ to, kind }) => to === node && kind !== "retry")) continue;
		for (const address of new Set(node.hop.recipients.map((recipient) => recipient.address))) {
			const recipient = follow(node, address, deciders, new Set());
			if (recipient !== undefined)
				found.set(addressKey(address), { ...recipient, address: found.get(addressKey(address))?.address ?? address });
		}
	}
	return [...found.values()];
}

function follow(node: Node, address: string, deciders: Deciders, seen: Seen): TrailRecipient | undefined {
	const key = addressKey(address);
	const own = node.hop.recipients.filter((recipient) => addressKey(recipient.address) === key);
	const ends = own.flatMap((recipient) => endsOf(node, recipient, deciders, seen));
	const [only] = ends;
	if (only === undefined) return undefined;
	const several = [...new Map(ends.map((end) => [`${addressKey(end.address)} ${end.outcome}`, end])).values()];
	const outcome = GRAVEST.find((one) => several.some((end) => end.outcome === one)) ?? only.outcome;
	const gravest = several.find((end) => end.outcome === outcome) ?? only;
	const isSame = several.length === 1 && addressKey(several[0]?.address ?? "") === key;
	const { expanded: _, ...told } = gravest;
	if (isSame || several.length === 1) return { ...told, address };
	return { ...told, address, expanded: several.map(({ expanded: __, ...end }) => end) };
}

function endsOf(node: Node, recipient: HopRecipient, deciders: Deciders, seen: Seen): TrailRecipient[] {
	const { format, host } = node.layer;
	const own: TrailRecipient = {
		address: recipient.address,
		outcome: recipient.outcome === "handed_on" ? "relayed" : recipient.outcome,
		decided_by: format,
		host,
		...smtpOf(recipient),
		event: recipient.event,
	};
	// Forwards may go in a circle.
	if (seen.has(recipient)) return [];
	seen.add(recipient);
	if (recipient.outcome === "handed_on") {
		const further = forwarded(node, recipient, deciders, seen);
		return further.length > 0
			? further
			: targetsOf(recipient).flatMap((target) => next(node, target, recipient, true, deciders, seen) ?? { ...own, address: target });
	}
	if (recipient.repeats === "filter") return [{ ...own, ...deciderOf(filterOf(node, deciders)) }];
	if (recipient.repeats !== "server") return [own];
	return targetsOf(recipient).map((target) => ({ ...own, address: target, ...refusal(node, target, recipient, deciders, seen) }));
}

/** Who refused what a layer handed over. */
function refusal(node: Node, target: string, recipient: HopRecipient, deciders: Deciders, seen: Seen): Partial<TrailRecipient> {
	const [refused] = next(node, target, recipient, false, deciders, seen) ?? [];
	if (refused !== undefined) return decisionOf(refused);
	const handover = lastHandover(node, target, false);
	// Refused before it was named there: by the layer, or by its filter.
	const behind = handover?.links[0]?.to;
	if (behind !== undefined) return deciderOf(hasRefused(behind) ? filterOf(behind, deciders) : behind.layer);
	return handover === undefined ? {} : deciderOf(deciders.layerOfServer(handover.handover.server));
}

const filterOf = (node: Node, deciders: Deciders): Decider | undefined =>
	node.filterLinks[0]?.to.layer ?? deciders.filterOf(node.layer.host);

/** Whether the filter of a hop has refused it. */
const hasRefused = ({ hop }: Node): boolean =>
	hop.filterings.some(({ side, verdict }) => side === "mta" && (verdict === "reject" || verdict === "temporary_failure"));

const deciderOf = (layer: Decider | undefined): Pick<TrailRecipient, "decided_by" | "host"> =>
	layer === undefined ? {} : { decided_by: layer.format, host: layer.host };

/** Who decided; the reply is the one that the recipient's layer tells, unless the decider tells its own. */
const decisionOf = ({ decided_by, host, smtp, event }: TrailRecipient): Partial<TrailRecipient> => ({
	...(decided_by === undefined ? {} : { decided_by }),
	...(host === undefined ? {} : { host }),
	...(smtp === undefined ? {} : { smtp }),
	...(event === undefined ? {} : { event }),
});

const targetsOf = ({ address, became }: HopRecipient): readonly string[] => (became.length === 0 ? [address] : became);

/** The last one with that result; some logs tell one result for all recipients, so that a refused one may stand in one that was accepted. */
function lastHandover(node: Node, target: string, isAccepted: boolean): HandoverEnd | undefined {
	const handovers = node.handovers.filter(({ to }) => to.includes(addressKey(target)));
	const same = handovers.filter(({ handover }) => (handover.result === "accepted") === isAccepted);
	return (same.length > 0 || isAccepted ? same : handovers).at(-1);
}

/** What the next layer says of a recipient, under the name that it was given there, or had before: of the last handover with that result. */
function next(
	node: Node,
	target: string,
	{ address }: HopRecipient,
	isAccepted: boolean,
	deciders: Deciders,
	seen: Seen,
): TrailRecipient[] | undefined {
	const handover = lastHandover(node, target, isAccepted);
	const links = handover?.links ?? [];
	const link = links.find(({ to }) => to.arrival?.to.includes(addressKey(target))) ?? links[0];
	if (link === undefined) return handover === undefined ? undefined : whichever(handover, target, deciders, seen);
	const end = follow(link.to, target, deciders, seen) ?? follow(link.to, address, deciders, seen);
	return end === undefined ? undefined : (end.expanded ?? [end]);
}

/** It is not known which of some hops is the next one, but it is one of them, and they say the same. */
function whichever(handover: HandoverEnd, target: string, deciders: Deciders, seen: Seen): TrailRecipient[] | undefined {
	const rivals = handover.rivals.filter(({ pair }) => pair.isDirect);
	if (rivals.length === 0 || rivals.length >= MOST_RIVALS || !rivals.every(({ isBalanced }) => isBalanced)) return undefined;
	const ends = rivals.map(({ pair }) => follow(pair.arrival.node, target, deciders, new Set(seen)));
	const [first] = ends;
	if (first === undefined || first.expanded !== undefined) return undefined;
	if (!ends.every((end) => end?.outcome === first.outcome && end.decided_by === first.decided_by && end.host === first.host))
		return undefined;
	// The event that says so is one of several.
	const { event: _, smtp: __, ...known } = first;
	return [known];
}

/** What the same layer made of a recipient under another id. */
function forwarded(node: Node, recipient: HopRecipient, deciders: Deciders, seen: Seen): TrailRecipient[] {
	if (recipient.became.length > 0 && recipient.became.every((target) => node.handovers.some(({ to }) => to.includes(addressKey(target)))))
		return [];
	const own = node.links.filter(({ from, kind }: Link) => from === node && (kind === "forward" || kind === "reinjection"));
	return own.flatMap(({ to }) => to.hop.recipients.flatMap((one) => endsOf(to, one, deciders, seen)));
}

function smtpOf({ smtp }: HopRecipient): Pick<TrailRecipient, "smtp"> {
	if (smtp === undefined) return {};
	const { code, enhanced, text } = smtp;
	return {
		smtp: {
			...(code === undefined ? {} : { code }),
			...(enhanced === undefined ? {} : { enhanced }),
			...(text === undefined ? {} : { text }),
		},
	};
}
