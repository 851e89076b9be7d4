/**
 * `npm run mutation`: changes the code that follows mails in small ways, a sample of them with a fixed seed, and says which of the changes no
 * test notices. The places of the sample give about 600 mutants; `-- --places 25` for a smaller one.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { globSync } from "tinyglobby";
import { mutantsIn } from "./mutants.js";

const FILES = [
	"src/correlate/*.ts",
	"grammars/*/{trail,mail,mails,transaction,children,queue,connection,connections,message,told,words,channels}.ts",
	"src/convert/dates.ts",
];
/** Types alone, and what is generated. */
const NOT = ["src/correlate/trail.ts", "src/correlate/evaluation.ts"];
const SEED = 20261121;
const FOLDER = "node_modules/.cache/mutation";

const { values } = parseArgs({ options: { places: { type: "string", default: "250" } } });

/** A generator of numbers below one that is the same in each run. */
function random(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

const all = FILES.flatMap((pattern) => globSync(pattern))
	.filter((file) => !NOT.includes(file))
	.sort()
	.flatMap((file) => mutantsIn(file, readFileSync(file, "utf8")).map((place) => `${file}:${place}`));
const next = random(SEED);
const sample = all
	.map((place) => ({ place, at: next() }))
	.sort((a, b) => a.at - b.at)
	.slice(0, Number(values.places))
	.map(({ place }) => place);

mkdirSync(FOLDER, { recursive: true });
const config = `${FOLDER}/stryker.config.json`;
writeFileSync(
	config,
	JSON.stringify({
		testRunner: "vitest",
		vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
		plugins: ["@stryker-mutator/vitest-runner"],
		mutate: sample.sort(),
		coverageAnalysis: "perTest",
		concurrency: 1,
		timeoutMS: 60_000,
		reporters: ["clear-text", "progress-append-only", "json"],
		clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
		jsonReporter: { fileName: `${FOLDER}/report.json` },
		tempDirName: `${FOLDER}/sandbox`,
		ignorePatterns: ["test/bench"],
	}),
);
process.stderr.write(`mutation: ${sample.length} of ${all.length} places\n`);
const stryker = createRequire(import.meta.url)
	.resolve("@stryker-mutator/core/package.json")
	.replace("package.json", "bin/stryker.js");
process.exitCode = spawnSync(process.execPath, [stryker, "run", config], { stdio: "inherit" }).status ?? 1;
