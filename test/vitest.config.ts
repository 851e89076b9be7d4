import { fileURLToPath } from "node:url";
import { defineConfig, type UserWorkspaceConfig, type ViteUserConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// What reads or writes time runs a second time in a zone with an odd offset and daylight saving; the rest cannot see the zone.
const ZONE_FREE = [
	"test/architecture.test.ts",
	"test/contributing.test.ts",
	"test/schema.test.ts",
	"test/wording.test.ts",
	"test/corpus/postfix-forgery.test.ts",
	"test/convert/valid.test.ts",
	"test/correlate/chain-*.test.ts",
	"test/correlate/hostile.test.ts",
	"test/correlate/trackers/**",
	...["author", "bench", "cli", "format", "grammar"].map((folder) => `test/${folder}/**`),
];
// The files that take longest, which a small file can. Begun last, one of them would keep one worker busy and let the others wait.
const SLOW = ["author/built-in", "correlate/chain-gaps", "grammar/linear", "correlate/trackers/state", "correlate/stream"];

class SlowFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const sorted = await super.sort(files);
		const isSlow = ({ moduleId }: TestSpecification): boolean => SLOW.some((name) => moduleId.endsWith(`/test/${name}.test.ts`));
		// A worker serves one project, so the files of one stay together.
		return [...new Set(sorted.map(({ project }) => project))].flatMap((project) => {
			const own = sorted.filter((file) => file.project === project);
			return [...own.filter(isSlow), ...own.filter((file) => !isSlow(file))];
		});
	}
}

// Formats of users import the definition API by the name of the package; Node.js gets it from the hook in src/format/definition.ts.
const resolve = { alias: { "mailtrail/format": fileURLToPath(new URL("../src/format/api.ts", import.meta.url)) } };
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const shared: NonNullable<UserWorkspaceConfig["test"]> = {
	globalSetup: pathOf("compiled.ts"),
	setupFiles: pathOf("preloaded.ts"),
	// What all files of tests import and load, each worker does once.
	isolate: false,
	include: ["test/**/*.test.ts"],
	// Nobody waits that long: a test that hangs is to end, one on a busy machine is not to fail. No test has a limit of its own.
	testTimeout: 300_000,
	hookTimeout: 300_000,
};
const results = process.env.MAILTRAIL_TEST_RESULTS;

const config: ViteUserConfig = defineConfig({
	root: fileURLToPath(new URL("..", import.meta.url)),
	test: {
		// By default one core is left alone, of two that would be half of them.
		maxWorkers: "100%",
		sequence: { sequencer: SlowFirst },
		...(results === undefined ? {} : { reporters: ["default", "json"], outputFile: { json: results } }),
		projects: [
			{ resolve, test: { ...shared, name: "utc", env: { TZ: "UTC", NO_COLOR: "1" } } },
			{ resolve, test: { ...shared, name: "chatham", exclude: ZONE_FREE, env: { TZ: "Pacific/Chatham", NO_COLOR: "1" } } },
		],
	},
});

export default config;
