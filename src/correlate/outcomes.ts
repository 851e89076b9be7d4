/** What became of a recipient: followed through the layers, to the one that decided. */
import type { Endpoint, HopRecipient } from "../format/trail.js";
import { push } from "./lists.js";
import { addressKey, type HandoverEnd, handoversTo, type Link, type Node } from "./nodes.js";
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
const REFUSALS: ReadonlySet<TrailOutcome> = new Set(["rejected", "deferred", "bounced", "quarantined", "discarded"]);

/** Recipients as the first layer saw them, and those that its log lost; of several tries the last counts. */
export function recipientsOf(nodes: readonly Node[], deciders: Deciders): TrailRecipient[] {
	const outcomes = new Outcomes(deciders);
	const found = new Map<string, TrailRecipient>();
	for (const node of nodes) {
		const before = node.links.filter(({ to, kind }) => to === node && kind !== "retry");
		for (const address of new Set(node.hop.recipients.map((recipient) => recipient.address))) {
			const key = addressKey(address);
			const known = found.get(key);
			// What a layer adds (a copy for the archive), or names in its own way, is no recipient that the one before lost.
			const isLost = ({ from, kind }: Link): boolean =>
				kind === "handover" && !from.handed.has(key) && (from.hop.missing.length > 0 || isOpen(known));
			if (!before.every(isLost)) continue;
			const recipient = outcomes.of(node, address);
			if (recipient !== undefined) found.set(key, { ...recipient, address: known?.address ?? address });
		}
	}
	return [...found.values()];
}

/** It is known, and not what became of it. */
const isOpen = (recipient: TrailRecipient | undefined): boolean => recipient?.outcome === "relayed" || recipient?.outcome === "unknown";

type Ends = readonly TrailRecipient[];

/** Where a mail went on in the same layer: given back by a content filter, and forwarded, by the event that says so. */
interface Onward {
	readonly again: Link[];
	readonly byEvent: Map<string, Link[]>;
}

class Outcomes {
	readonly #deciders: Deciders;
	/** What was followed before; undefined while it is followed, as forwards may go in a circle. */
	readonly #known = new Map<Node, Map<string, TrailRecipient | undefined>>();

	readonly #further = new Map<Node, Onward>();
	readonly #byAddress = new Map<Node, ReadonlyMap<string, readonly HopRecipient[]>>();

	constructor(deciders: Deciders) {
		this.#deciders = deciders;
	}

	/** What became of a recipient that a hop knows by this address. */
	of(node: Node, address: string): TrailRecipient | undefined {
		const known = this.#known.get(node) ?? new Map<string, TrailRecipient | undefined>();
		this.#known.set(node, known);
		const key = addressKey(address);
		if (known.has(key)) return known.get(key);
		known.set(key, undefined);
		const own = this.#recipients(node).get(key) ?? [];
		const found = own.length === 0 ? undefined : gravest(address, [...new Set(own.flatMap((one) => this.#endsOf(node, one)))].flat());
		known.set(key, found);
		return found;
	}

	#recipients(node: Node): ReadonlyMap<string, readonly HopRecipient[]> {
		const known = this.#byAddress.get(node);
		if (known !== undefined) return known;
		const found = new Map<string, HopRecipient[]>();
		for (const recipient of node.hop.recipients) push(found, addressKey(recipient.address), recipient);
		this.#byAddress.set(node, found);
		return found;
	}

	/** All ends of one recipient, in groups that are the same for all members of a list that lead to them. */
	#endsOf(node: Node, recipient: HopRecipient): Ends[] {
		const { format, host } = node.layer;
		const own: TrailRecipient = {
			address: recipient.address,
			outcome: recipient.outcome === "handed_on" ? "relayed" : recipient.outcome,
			// No layer decides that a client goes away.
			...(recipient.outcome === "aborted" ? {} : { decided_by: format, host }),
			...smtpOf(recipient),
			event: recipient.event,
		};
		if (recipient.outcome === "handed_on") {
			const further = this.#forwarded(node, recipient);
			if (further.length > 0) return further;
			return targetsOf(recipient).map((target) => this.#next(node, target, recipient, true) ?? [{ ...own, address: target }]);
		}
		if (recipient.outcome === "unknown") return targetsOf(recipient).map((target) => this.#next(node, target, recipient, false) ?? [own]);
		if (recipient.repeats === "filter") return [[{ ...own, ...deciderOf(this.#filterOf(node)) }]];
		if (recipient.repeats !== "server") return targetsOf(recipient).map((target) => [{ ...own, address: target }]);
		const { decided_by: _, host: __, ...said } = own;
		return targetsOf(recipient).map((target) => [
			{ ...said, address: target, ...(this.#refusal(node, target, recipient) ?? deciderOf(node.layer)) },
		]);
	}

	/** Who refused what a layer handed over. */
	#refusal(node: Node, target: string, recipient: HopRecipient): Partial<TrailRecipient> | undefined {
		const refused = this.#next(node, target, recipient, false)?.find(({ outcome }) => REFUSALS.has(outcome));
		if (refused !== undefined) return decisionOf(refused);
		const handover = lastHandover(node, target, false);
		// Refused before it was named there: by the layer, or by its filter.
		const behind = handover?.links[0]?.to;
		if (behind !== undefined) return deciderOf(hasRefused(behind) ? this.#filterOf(behind) : behind.layer);
		if (handover === undefined) return undefined;
		const { server } = handover.handover;
		const name = server.host ?? server.ip;
		const decider = this.#deciders.layerOfServer(server);
		return decider === undefined ? (name === undefined ? {} : { host: name }) : deciderOf(decider);
	}

	#filterOf(node: Node): Decider | undefined {
		return node.filterLinks[0]?.to.layer ?? this.#deciders.filterOf(node.layer.host);
	}

	/** What the next layer says of a recipient, under the name that it was given there, or had before: of the last handover with that result. */
	#next(node: Node, target: string, { address }: HopRecipient, isAccepted: boolean): Ends | undefined {
		const handover = lastHandover(node, target, isAccepted);
		if (handover === undefined) return undefined;
		const key = addressKey(target);
		const link = handover.links.find(({ to }) => to.arrival?.to.has(key)) ?? handover.links[0];
		if (link === undefined) return this.#whichever(handover, target);
		return this.#named(link.to, target, address) ?? this.#only(handover, link.to);
	}

	/** The next layer may know it by a name of its own: of one recipient it is clear which. */
	#only({ to }: HandoverEnd, node: Node): Ends | undefined {
		const [only, ...others] = new Set(node.hop.recipients.map(({ address }) => address));
		if (only === undefined || others.length > 0 || to.size > 1) return undefined;
		const own = this.of(node, only);
		return own && (own.expanded ?? [own]);
	}

	/** A hop may know a member of a list by the address of the list only: if all members fared the same, so did this one. */
	#named(node: Node, target: string, original: string): Ends | undefined {
		const own = this.of(node, target);
		if (own !== undefined) return own.expanded ?? [own];
		const list = this.of(node, original);
		const ends = list?.expanded ?? (list === undefined ? [] : [list]);
		const [first] = ends;
		if (first === undefined || !ends.every(({ outcome }) => outcome === first.outcome)) return list?.expanded;
		return [{ ...first, address: target }];
	}

	/** It is not known which of some hops is the next one, but it is one of them, and they say the same. */
	#whichever(handover: HandoverEnd, target: string): Ends | undefined {
		const rivals = handover.rivals.filter(({ pair }) => pair.isDirect);
		if (rivals.length === 0 || rivals.length >= MOST_RIVALS || !rivals.every(({ isBalanced }) => isBalanced)) return undefined;
		const ends = rivals.map(({ pair }) => this.of(pair.arrival.node, target));
		const [first] = ends;
		if (first === undefined || first.expanded !== undefined) return undefined;
		if (!ends.every((end) => end?.outcome === first.outcome && end.decided_by === first.decided_by && end.host === first.host))
			return undefined;
		// The event that says so is one of several.
		const { event: _, smtp: __, ...known } = first;
		return [known];
	}

	#onward(node: Node): Onward {
		const known = this.#further.get(node);
		if (known !== undefined) return known;
		const onward: Onward = { again: [], byEvent: new Map() };
		for (const link of node.links) {
			if (link.from !== node) continue;
			if (link.kind === "reinjection") onward.again.push(link);
			if (link.kind === "forward") for (const event of new Set(link.events)) push(onward.byEvent, event, link);
		}
		this.#further.set(node, onward);
		return onward;
	}

	/** What the same layer made of a recipient under another id: all that came of a forward, of a mail that came back the same recipient. */
	#forwarded(node: Node, recipient: HopRecipient): Ends[] {
		const { again, byEvent } = this.#onward(node);
		return [...again, ...(byEvent.get(recipient.event) ?? [])].flatMap(({ to, kind }) => {
			if (kind === "reinjection") return targetsOf(recipient).flatMap((target) => [this.#named(to, target, recipient.address) ?? []]);
			const addresses = [...new Set(to.hop.recipients.map(({ address }) => addressKey(address)))];
			return addresses.map((address) => {
				const end = this.of(to, address);
				return end === undefined ? [] : (end.expanded ?? [end]);
			});
		});
	}
}

/** Of several ends the gravest is told, and all of them in `expanded`. */
function gravest(address: string, ends: Ends): TrailRecipient | undefined {
	const several = [...new Map(ends.map((end) => [`${addressKey(end.address)} ${end.outcome}`, end])).values()];
	const worst = GRAVEST.find((outcome) => several.some((end) => end.outcome === outcome));
	const found = several.find((end) => end.outcome === worst);
	if (found === undefined) return undefined;
	const { expanded: _, ...told } = found;
	return { ...told, address, ...(several.length === 1 ? {} : { expanded: several }) };
}

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
	const key = addressKey(target);
	const handovers = handoversTo(node, key).filter(({ to }) => to.has(key));
	const same = handovers.filter(({ handover }) => (handover.result === "accepted") === isAccepted);
	return (same.length > 0 || isAccepted ? same : handovers).at(-1);
}

function smtpOf({ smtp: { code, enhanced, text } = {} }: HopRecipient): Pick<TrailRecipient, "smtp"> {
	if (code === undefined && enhanced === undefined && text === undefined) return {};
	return {
		smtp: {
			...(code === undefined ? {} : { code }),
			...(enhanced === undefined ? {} : { enhanced }),
			...(text === undefined ? {} : { text }),
		},
	};
}
