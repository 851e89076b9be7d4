/** The two recorded chains of servers: logs that a test may change, and what becomes of them beside the truth. */
import { readFileSync } from "node:fs";
import {
	type CorrelateSummary,
	correlate,
	type Evaluation,
	Evaluator,
	emptyCorrelateSummary,
	readEvents,
	readTruth,
	type Trail,
	type Truth,
} from "../../src/index.js";
import { inputOf } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";

/** A line and its number in the capture: the truth counts lines. Those that a test adds have none. */
export interface Line {
	readonly text: string;
	readonly number?: number;
}

/** Logs by name: that of smtpf, that of Postfix and milter manager, that of the store. */
export interface Chain {
	readonly front: readonly Line[];
	readonly mta: readonly Line[];
	readonly store: readonly Line[];
	readonly truth: Truth;
}

export const CHAINS = ["chain-a", "chain-b"] as const;
const LOGS = ["front", "mta", "store"] as const;

const linesOf = (file: string): Line[] =>
	readFileSync(`corpus/${file}`, "latin1")
		.split("\n")
		.slice(0, -1)
		.map((text, index) => ({ text, number: index + 1 }));

export const chainOf = async (name: (typeof CHAINS)[number]): Promise<Chain> => ({
	front: linesOf(`smtpf/captures/${name}.log`),
	mta: linesOf(`milter-manager/captures/${name}.mail.log`),
	store: linesOf(`sun-mta/captures/stand-in-${name}.log`),
	truth: await readTruth(`corpus/milter-manager/captures/${name}.truth.json`),
});

let formats: Promise<Formats> | undefined;

export interface Followed {
	readonly trails: readonly Trail[];
	readonly evaluation: Evaluation;
	readonly summary: CorrelateSummary;
}

/** Follows the mails through the logs that have lines. */
export async function follow(chain: Chain, order: readonly (typeof LOGS)[number][] = LOGS): Promise<Followed> {
	formats ??= loadTestFormats();
	const known = await formats;
	// Here the logs have other names.
	const { files: _, ...truth } = chain.truth;
	const evaluator = new Evaluator(truth);
	const sources = order
		.filter((name) => chain[name].length > 0)
		.map((name) => ({
			name,
			async *events() {
				const bytes = Buffer.from(chain[name].map(({ text }) => `${text}\n`).join(""), "latin1");
				for await (const event of readEvents(inputOf(bytes, undefined, name), { ...known, year: 2026 })) {
					const line = chain[name][(event.source?.line ?? 0) - 1]?.number ?? 0;
					evaluator.see({ ...event, source: { ...event.source, line } });
					yield event;
				}
			},
		}));
	const trails: Trail[] = [];
	const summary = emptyCorrelateSummary();
	for await (const trail of correlate(sources, known, summary)) {
		trails.push(trail);
		evaluator.add(trail);
	}
	return { trails, evaluation: evaluator.finish(), summary };
}

/** The part of a sum in another sum. */
export function share<Row>(rows: readonly Row[], part: keyof Row, whole: keyof Row): number {
	const sum = (key: keyof Row): number => rows.reduce((total, row) => total + Number(row[key]), 0);
	return sum(part) / sum(whole);
}

export const boundary = ({ boundaries }: Evaluation, name: string): Evaluation["boundaries"] =>
	boundaries.filter((one) => one.boundary === name);

/** Links that trails call likely, and that are not. */
export const wrongLinks = ({ wrong }: Evaluation): string[] =>
	wrong.filter(({ confidence = 1 }) => confidence > 0.5).map(({ from, to, confidence }) => `${from} → ${to} (${confidence})`);

export const missingOf = (trails: readonly Trail[], format: string): string[] =>
	trails.flatMap(({ hops }) => hops.flatMap((hop) => (hop.format === format ? hop.missing : [])));
