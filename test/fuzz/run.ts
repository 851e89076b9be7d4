/** Logs of damaged lines against the laws, batch by batch. */
import { loadFormats, loadFraming, type Settings } from "../../src/index.js";
import { brokenLaw } from "./laws.js";
import { damagedLog, randomOf } from "./lines.js";

const BATCH = 2000;

export interface Broken {
	/** With this seed and batch it comes again. */
	readonly seed: number;
	readonly batch: number;
	readonly law: string;
	readonly log: Buffer;
}

/** Tries so many lines; gives the first log that breaks a law. `tell` is called after each batch with the lines so far. */
export async function fuzz(lines: number, seed: number, tell: (lines: number) => void = () => undefined): Promise<Broken | undefined> {
	const loaded = { formats: await loadFormats(), framing: await loadFraming() };
	for (let batch = 0; batch * BATCH < lines; batch++) {
		const random = randomOf(seed + batch);
		const log = damagedLog(random, Math.min(BATCH, lines - batch * BATCH));
		const settings = chosen(random, loaded);
		const law = await brokenLaw(log, settings, 1 + Math.floor(random() ** 3 * 300_000));
		if (law !== undefined) return { seed, batch, law, log };
		tell(Math.min(lines, (batch + 1) * BATCH));
	}
	return undefined;
}

function chosen(random: () => number, loaded: Pick<Settings, "formats" | "framing">): Settings {
	const pick = <T>(...list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
	return {
		...loaded,
		forced: pick(undefined, undefined, ...loaded.formats),
		zone: pick(undefined, "+09:00", "Europe/Berlin"),
		year: pick(undefined, 2024, 2026),
		maxLine: pick(undefined, undefined, 64, 1000),
		isLive: random() < 0.3,
	};
}
