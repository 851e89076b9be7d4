/** Events of several hosts in, trails out. */
import { type CorrelateSettings, Correlator } from "./correlator.js";
import { Merge } from "./merge.js";
import type { EventSource } from "./source.js";
import { type CorrelateSummary, emptyCorrelateSummary } from "./summary.js";
import type { Trail } from "./trail.js";

/** The trails of all mails, in the order in which they are complete; the same whatever the order of the sources. */
export async function* correlate(
	sources: readonly EventSource[],
	settings: CorrelateSettings,
	summary: CorrelateSummary = emptyCorrelateSummary(),
): AsyncGenerator<Trail> {
	const correlator = await Correlator.begin(settings);
	const merge = new Merge(sources, correlator.clocks, summary);
	correlator.look(await merge.look());
	const told = (trail: Trail): Trail => {
		summary.trails++;
		trail.assumed = merge.assumed.of(trail);
		return trail;
	};
	for await (const batch of merge.events())
		for (const { stamped, at } of batch) {
			for (const trail of correlator.add(stamped, at)) yield told(trail);
		}
	for (const trail of correlator.end()) yield told(trail);
	summary.unused += correlator.unused;
	summary.hops = correlator.hops;
	summary.links = correlator.links;
	summary.closed = correlator.closed;
	summary.names = correlator.names;
	summary.sorted = merge.sorted;
	summary.doubled = merge.doubled;
	summary.lacking = merge.lacking;
	summary.unnamed = merge.unnamed;
	summary.backward = merge.backward;
	summary.contradicted = correlator.clocks.contradicted;
}
