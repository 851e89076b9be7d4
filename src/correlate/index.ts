/** Events of several hosts in, trails out. */
import type { Format } from "../format/format.js";
import { Clocks } from "./clocks.js";
import { Layers, type Makers, makersOf } from "./layers.js";
import { Linker } from "./linker.js";
import { Merge } from "./merge.js";
import { Names } from "./names.js";
import { quotesOf } from "./quotes.js";
import type { EventSource } from "./source.js";
import { type CorrelateSummary, emptyCorrelateSummary } from "./summary.js";
import type { Trail } from "./trail.js";

export interface CorrelateSettings {
	readonly formats: readonly Format[];
	/** Days, by event time, after which nothing more is awaited for a mail; 5 by default. */
	readonly expiryDays?: number | undefined;
}

const DAY = 86_400_000;
const DEFAULT_EXPIRY_DAYS = 5;
/** Hops are linked when so much event time has gone by, or so many are new. */
const ROUND = 60_000;
const MANY_HOPS = 5000;

/** The trails of all mails, in the order in which they are complete; the same whatever the order of the sources. */
export async function* correlate(
	sources: readonly EventSource[],
	settings: CorrelateSettings,
	summary: CorrelateSummary = emptyCorrelateSummary(),
): AsyncGenerator<Trail> {
	const { formats, expiryDays = DEFAULT_EXPIRY_DAYS } = settings;
	const expiry = expiryDays * DAY;
	const [clocks, names] = [new Clocks(), new Names()];
	const merge = new Merge(sources, clocks, summary);
	const quotes = quotesOf(formats.map(({ definition }) => definition));
	const newLinker = (): Linker => new Linker(clocks, names, expiry, quotes);
	const makers = await makersOf(formats);
	await lookAhead(merge, newLinker(), makers);
	clocks.restart();
	names.restart();

	const linker = newLinker();
	const layers = new Layers(makers, (layer, hop) => {
		summary.hops++;
		linker.add(layer, hop);
	});
	function* counted(trails: Iterable<Trail>): Generator<Trail> {
		for (const trail of trails) {
			summary.trails++;
			yield { ...trail, assumed: merge.assumed.of(trail) };
		}
	}
	let last = Number.NEGATIVE_INFINITY;
	for await (const batch of merge.events())
		for (const { stamped, at } of batch) {
			if (!layers.add(stamped)) summary.unused++;
			if (last === Number.NEGATIVE_INFINITY) last = at;
			// A stamp that is wrong, or logs one behind the other with the later one in front: time goes back, too.
			const gone = Math.abs(at - last);
			if (gone < ROUND && (linker.fresh < MANY_HOPS || gone < ROUND / 10)) continue;
			last = at;
			layers.expire(expiry);
			yield* counted(linker.round(at));
		}
	layers.end();
	yield* counted(linker.end());
	summary.links = linker.links;
	summary.names = names.learned;
	summary.sorted = merge.sorted;
	summary.doubled = merge.doubled;
	summary.lacking = merge.lacking;
	summary.unnamed = merge.unnamed;
	summary.backward = merge.backward;
	summary.contradicted = clocks.contradicted;
}

/**
 * Links the first events of all sources for what that says of clocks and names: logs with clocks that are hours apart are merged in the right
 * order then.
 */
async function lookAhead(merge: Merge, linker: Linker, makers: Makers): Promise<void> {
	const layers = new Layers(makers, (layer, hop) => linker.add(layer, hop));
	for (const stamped of await merge.look()) layers.add(stamped);
	layers.end();
	for (const _ of linker.end());
}
