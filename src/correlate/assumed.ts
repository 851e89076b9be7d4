/** How the times of each log are known, where its lines do not tell year and zone. */
import type { TimeBasis } from "../format/event.js";
import { inputOfId } from "../format/event-place.js";
import type { EventView } from "../format/event-view.js";
import type { Json } from "../format/json.js";
import type { Trail, TrailAssumption } from "./trail.js";

type Year = NonNullable<TrailAssumption["year"]>;
type Zone = NonNullable<TrailAssumption["zone"]>;

/** The least certain first. What rests on a neighbour is as certain as that, so all other ways but that of the line come before it. */
const YEARS: readonly Year[] = ["file", "option", "session_id", "rollover", "line"];
const ZONES: readonly Zone[] = ["assumed", "option", "line"];

interface Known {
	year: Year | undefined;
	zone: Zone | undefined;
}

export class Assumed {
	/** Log → the least certain way so far. */
	readonly #logs = new Map<string, Known>();
	/** The input of the last event, as its source and as its id tell it. */
	#input: string | undefined;
	#log: string | undefined;

	see(event: EventView): void {
		const basis = event.value("time_basis");
		if (!isBasis(basis)) return;
		const input = event.file;
		if (input === undefined || input !== this.#input) this.#log = inputOfId(event.id);
		this.#input = input;
		if (this.#log !== undefined) this.#note(this.#log, basis);
	}

	#note(log: string, basis: TimeBasis): void {
		const known = this.#logs.get(log);
		if (known === undefined) this.#logs.set(log, { year: basis.year, zone: basis.zone });
		else {
			known.year = lessCertain(YEARS, known.year, basis.year);
			known.zone = lessCertain(ZONES, known.zone, basis.zone);
		}
	}

	/** What is assumed of the logs of a trail, as far as they were read. */
	of({ hops }: Trail): TrailAssumption[] {
		return [...logsOf(hops)].flatMap((source) => {
			const { year, zone } = this.#logs.get(source) ?? {};
			if ((year ?? "line") === "line" && (zone ?? "line") === "line") return [];
			return [{ source, ...(year === undefined ? {} : { year }), ...(zone === undefined ? {} : { zone }) }];
		});
	}
}

/** The logs that their events stand in. Most events are of the same log as the one before. */
function logsOf(hops: Trail["hops"]): ReadonlySet<string> {
	const logs = new Set<string>();
	let last = "";
	for (const { events } of hops)
		for (const id of events) {
			if (last !== "" && id.startsWith(last) && !id.includes(":", last.length)) continue;
			const log = inputOfId(id);
			if (log === undefined) continue;
			logs.add(log);
			last = `${log}:`;
		}
	return logs;
}

const isBasis = (value: Json | undefined): value is TimeBasis => typeof value === "object" && value !== null;

function lessCertain<T>(order: readonly T[], one: T | undefined, other: T | undefined): T | undefined {
	if (one === other || other === undefined) return one;
	return one === undefined || order.indexOf(other) < order.indexOf(one) ? other : one;
}
