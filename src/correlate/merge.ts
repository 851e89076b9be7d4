/** Sources merged by corrected time. */

import { Assumed } from "./assumed.js";
import type { Clocks } from "./clocks.js";
import type { Needed } from "./lacking.js";
import { push } from "./lists.js";
import { type EventSource, Feed, type Stamped } from "./source.js";
import type { CorrelateSummary } from "./summary.js";

/** Events that are looked at before the first one is used, to know the clocks: of each source, and in all. */
const LOOK_EACH = 5000;
const LOOK_ALL = 50_000;
/** Two logs that begin with so many equal records are one. */
const SAME_RECORDS = 20;
/** Logs are nearly sorted; what goes back by more, in milliseconds, was set or joined. */
const FAR_BACK = 600_000;

export class Merge {
	readonly #feeds: readonly Feed[];
	readonly #clocks: Clocks;
	readonly assumed: Assumed = new Assumed();
	/** First records → names of the sources that begin with them. */
	readonly #beginnings = new Map<string, string[]>();

	constructor(sources: readonly EventSource[], clocks: Clocks, summary: CorrelateSummary) {
		const sorted = [...sources].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
		this.#feeds = sorted.map((source, order) => new Feed(source, order, summary, this.assumed));
		this.#clocks = clocks;
	}

	/** Names of sources that were sorted by the text of their records. */
	get sorted(): string[] {
		return this.#feeds.filter(({ isSorted }) => isSorted).map(({ source }) => source.name);
	}

	/** Sources whose events lack keys that trails rest on. */
	get lacking(): { readonly name: string; readonly keys: readonly Needed[] }[] {
		return this.#feeds.map(({ source, lacking }) => ({ name: source.name, keys: lacking.keys })).filter(({ keys }) => keys.length > 0);
	}

	/** Logs that name no host. */
	get unnamed(): string[] {
		return [...new Set(this.#feeds.flatMap(({ unnamed }) => [...unnamed]))].sort();
	}

	/** Sources whose time goes back far in their middle, by how many seconds. */
	get backward(): { readonly name: string; readonly seconds: number }[] {
		return this.#feeds
			.filter(({ wentBack }) => wentBack > FAR_BACK)
			.map(({ source, wentBack }) => ({ name: source.name, seconds: Math.round(wentBack / 1000) }));
	}

	/** The first events of all sources, by source; they come again in `events`. */
	async look(): Promise<Stamped[]> {
		const most = Math.min(LOOK_EACH, Math.ceil(LOOK_ALL / Math.max(1, this.#feeds.length)));
		const found: Stamped[] = [];
		try {
			for (const feed of this.#feeds) {
				const ahead = await feed.look(most);
				const records = ahead.slice(0, SAME_RECORDS).flatMap(({ event }) => event.raw() ?? []);
				const first = JSON.stringify(records);
				if (records.length >= SAME_RECORDS) push(this.#beginnings, first, feed.source.name);
				for (const stamped of ahead) {
					found.push(stamped);
					this.#clocks.addHost(stamped.host, feed.source.offsetSeconds);
				}
			}
		} catch (error) {
			await this.#close();
			throw error;
		}
		return found;
	}

	async #close(): Promise<void> {
		for (const feed of this.#feeds) await feed.close();
	}

	/** Names of sources that begin with the same records as another one. */
	get doubled(): string[] {
		return [...this.#beginnings.values()].filter((names) => names.length > 1).flat();
	}

	/** All events in the order of the corrected clock, which comes with them. */
	async *events(): AsyncGenerator<{ readonly stamped: Stamped; readonly at: number }> {
		const heads: { readonly feed: Feed; readonly stamped: Stamped; readonly at: number }[] = [];
		const put = async (feed: Feed): Promise<void> => {
			const stamped = await feed.next();
			if (stamped === undefined) return;
			this.#clocks.addHost(stamped.host, feed.source.offsetSeconds);
			const at = this.#clocks.corrected(stamped.host, stamped.time);
			// The latest first, so that the next one is at the end.
			let [low, high] = [0, heads.length];
			while (low < high) {
				const middle = (low + high) >> 1;
				const head = heads[middle];
				if (head !== undefined && (head.at > at || (head.at === at && head.feed.order > feed.order))) low = middle + 1;
				else high = middle;
			}
			heads.splice(low, 0, { feed, stamped, at });
		};
		try {
			for (const feed of this.#feeds) await put(feed);
			for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
				yield head;
				await put(head.feed);
			}
		} finally {
			await this.#close();
		}
	}
}
