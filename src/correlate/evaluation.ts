/** How right trails are: what `Evaluator` tells, and `--evaluate --json` writes. */

/** Links between two layers, or within one. */
export interface BoundaryScore {
	/** `postfix - sun-mta`, in the order in which a mail goes. */
	readonly boundary: string;
	/** Links of the truth, and those of them that were found. */
	readonly truth: number;
	readonly found: number;
	/** Links of the trails that could be judged, and those of them that are right. */
	readonly links: number;
	readonly right: number;
}

/** Recipients with one outcome. */
export interface RecipientScore {
	readonly outcome: string;
	readonly truth: number;
	/** Those with the right outcome, and with the right layer that decided. */
	readonly right: number;
	readonly decided: number;
	/** Those whose reply is known to both, and of them those with the right one. */
	readonly replies: number;
	readonly right_replies: number;
}

/** A pair of clocks, over all trails that tell of it. */
export interface ClockScore {
	readonly from: string;
	readonly to: string;
	readonly trails: number;
	/** Seconds, a mistaken zone included. */
	readonly truth: number;
	readonly found: number;
	/** Of all trails, the farthest from the truth. */
	readonly worst_error: number;
	readonly uncertainty: number;
	readonly truth_zone: number;
	/** Trails that tell the zone as it was. */
	readonly right_zone: number;
}

/** Links with about the same confidence; `to` belongs to the next range, but for 1. */
export interface ConfidenceScore {
	readonly from: number;
	readonly to: number;
	readonly links: number;
	readonly right: number;
}

/** A link that is wrong, or one that is missing. */
export interface Mistake {
	readonly boundary: string;
	readonly from: string;
	readonly to: string;
	readonly confidence?: number;
}

export interface Evaluation {
	readonly boundaries: readonly BoundaryScore[];
	readonly recipients: readonly RecipientScore[];
	readonly clocks: readonly ClockScore[];
	readonly confidence: readonly ConfidenceScore[];
	readonly wrong: readonly Mistake[];
	readonly missed: readonly Mistake[];
	readonly wrong_recipients: readonly { readonly address: string; readonly truth: string; readonly found: string }[];
}
