/** The carriers around a record, as `explain` shows them. */
import type { Captures } from "./captures.js";
import { Layers } from "./layers.js";
import type { Router } from "./route.js";

export interface ExplainedCarrier {
	/** Id of its frame. */
	readonly frame: string;
	readonly title: string;
	/** What it holds, its escapes undone. */
	readonly text: string;
}

/** From the outermost one inwards; empty when the record stands in none. */
export function carriersOf(captures: Captures, { framings }: Router): readonly ExplainedCarrier[] {
	const { run } = captures.kernel;
	const { carriers } = new Layers(captures.slots(), captures.framed, run);
	return carriers.map(({ slot, marker }) => {
		// A relay, and a program that runs containers, write frames of syslog.
		const framing = framings[slot < run.MARKERS.value ? 0 : slot - run.MARKERS.value];
		return { frame: framing?.id ?? "", title: framing?.title ?? "", text: captures.textAt(marker) };
	});
}
