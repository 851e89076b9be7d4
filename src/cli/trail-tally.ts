/** What is told of trails on standard error when all are written. */
import { oriented } from "../correlate/clock-offset.js";
import { type CorrelateSummary, emptyCorrelateSummary } from "../correlate/summary.js";
import type { ClockOffset, Trail } from "../correlate/trail.js";
import { clockText, spanText } from "./clock-text.js";
import { lackingLines } from "./lacking-text.js";
import { counted } from "./numbers.js";

/** Of many logs these are named. */
const MOST_NAMES = 3;

export class TrailTally {
	readonly summary: CorrelateSummary = emptyCorrelateSummary();
	/** Trails that are shown. */
	chosen = 0;
	/** Hops that miss a neighbour and have candidates for it. */
	#apart = 0;
	readonly #links = new Map<string, number>();
	/** By pair of hosts: the offset with the most witnesses. */
	readonly #clocks = new Map<string, ClockOffset>();

	add({ hops, links, candidates, clock_offsets }: Trail, isChosen: boolean): void {
		if (isChosen) this.chosen++;
		this.#apart += new Set(candidates.map(({ hop, direction }) => `${hop} ${direction}`)).size;
		for (const { from, to } of links) {
			const name = `${hops[from]?.format} - ${hops[to]?.format}`;
			this.#links.set(name, (this.#links.get(name) ?? 0) + 1);
		}
		for (const offset of clock_offsets.map(oriented)) {
			const pair = JSON.stringify([offset.from, offset.to]);
			if (offset.witnesses >= (this.#clocks.get(pair)?.witnesses ?? 0)) this.#clocks.set(pair, offset);
		}
	}

	lines(): string[] {
		const { trails, closed, hops, unused, names, sorted, doubled, contradicted, lacking, unnamed, backward } = this.summary;
		const links = [...this.#links].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name} ${count}`);
		const shown = this.chosen === trails ? "" : `, ${this.chosen} of them chosen`;
		return [
			`${counted(trails, "trail")} of ${counted(hops, "hop")}${shown}${links.length === 0 ? "" : `; links: ${links.join(", ")}`}`,
			...[...this.#clocks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, offset]) => clockText(offset)),
			...contradicted.map((found) => `the case gives another clock offset than the mails show: ${clockText(found)}`),
			...(doubled.length === 0 ? [] : [`${doubled.join(" and ")} begin with the same records: give each log once`]),
			...sorted.map(
				(name) =>
					`${name}: its records are sorted by their text; what their order within a second shows is lost, so give the log as it was written`,
			),
			...backward.map(
				({ name, seconds }) =>
					`${name}: its time goes back by ${spanText(seconds)}; was the clock set, or are parts joined in the wrong order? Mails on both sides may be in two trails`,
			),
			...lackingLines(lacking),
			...(unnamed.length < 2
				? []
				: [
						`${counted(unnamed.length, "log")} name no host (${unnamed.slice(0, MOST_NAMES).join(", ")}${unnamed.length > MOST_NAMES ? ", …" : ""}),` +
							" so each is taken for one of its own; where they are of one host, say so in a case file",
					]),
			...names.map(({ host, name }) => `${host} is taken for ${name}, as nearly all of its mails came under that name`),
			...(closed === 0 ? [] : [`${counted(closed, "trail")} given up before the log told the end: too much was open at once`]),
			...(this.#apart === 0 ? [] : [`${counted(this.#apart, "hop")} with candidates for a neighbour that nothing proves`]),
			...(unused === 0 ? [] : [`${counted(unused, "event")} without a time, or of formats that say nothing of mails`]),
		];
	}
}
