/** What became of a recipient: followed through the layers, to the one that decided. */
import type { HopRecipient } from "../format/trail.js";
import { addressKey, type Link, type Node } from "./nodes.js";
import type { TrailOutcome, TrailRecipient } from "./trail.js";

/** Names a layer that decided and has no hop in the trail. */
export interface Deciders {
	/** The only filter of a host. */
	filterOf(host: string): { readonly format: string; readonly host: string } | undefined;
	layerOfServer(server: {
		readonly ip?: string | undefined;
		readonly host?: string | undefined;
	}): { readonly format: string; readonly host: string } | undefined;
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
		const further = targetsOf(recipient).flatMap((target) => next(node, target, true, deciders, seen) ?? { ...own, address: target });
		return [...further, ...forwarded(node, recipient, deciders, seen)].filter((end, _, all) => end !== own || all.length === 1);
	}
	if (recipient.repeats === "filter") {
		const filter = node.filterLinks[0]?.to.layer ?? deciders.filterOf(host);
		return [filter === undefined ? own : { ...own, decided_by: filter.format, host: filter.host }];
	}
	if (recipient.repeats !== "server") return [own];
	return targetsOf(recipient).map((target) => {
		const [refused] = next(node, target, false, deciders, seen) ?? [];
		if (refused !== undefined) return { ...own, ...decisionOf(refused) };
		const handover = node.handovers.filter(({ to }) => to.includes(addressKey(target))).at(-1)?.handover;
		const layer = handover === undefined ? undefined : deciders.layerOfServer(handover.server);
		return layer === undefined ? own : { ...own, decided_by: layer.format, host: layer.host };
	});
}

/** Who decided; the reply is the one that the recipient's layer tells, unless the decider tells its own. */
const decisionOf = ({ decided_by, host, smtp, event }: TrailRecipient): Partial<TrailRecipient> => ({
	...(decided_by === undefined ? {} : { decided_by }),
	...(host === undefined ? {} : { host }),
	...(smtp === undefined ? {} : { smtp }),
	...(event === undefined ? {} : { event }),
});

const targetsOf = ({ address, became }: HopRecipient): readonly string[] => (became.length === 0 ? [address] : became);

/** What the next layer says of a recipient: of the last handover that was accepted, or was not. */
function next(node: Node, target: string, isAccepted: boolean, deciders: Deciders, seen: Seen): TrailRecipient[] | undefined {
	const key = addressKey(target);
	const handover = node.handovers
		.filter(({ to, handover: { result } }) => to.includes(key) && (result === "accepted") === isAccepted)
		.at(-1);
	const links = handover?.links ?? [];
	const link = links.find(({ to }) => to.arrival?.to.includes(key)) ?? links[0];
	const end = link === undefined ? undefined : follow(link.to, target, deciders, seen);
	if (end === undefined) return undefined;
	return end.expanded ?? [end];
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
