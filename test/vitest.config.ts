import { fileURLToPath } from "node:url";
import { defineConfig, type UserWorkspaceConfig, type ViteUserConfig } from "vitest/config";

// What reads or writes time runs a second time in a zone with an odd offset and daylight saving; the rest cannot see the zone.
const ZONE_FREE = [
	"test/architecture.test.ts",
	"test/contributing.test.ts",
	"test/schema.test.ts",
	"test/corpus/postfix-forgery.test.ts",
	"test/correlate/chain-*.test.ts",
	"test/correlate/hostile.test.ts",
	"test/correlate/trackers/**",
	...["author", "bench", "cli", "format", "grammar"].map((folder) => `test/${folder}/**`),
];
// Formats of users import the definition API by the name of the package; Node.js gets it from the hook in src/format/definition.ts.
const resolve = { alias: { "mailtrail/format": fileURLToPath(new URL("../src/format/api.ts", import.meta.url)) } };
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const shared: NonNullable<UserWorkspaceConfig["test"]> = {
	globalSetup: pathOf("compiled.ts"),
	include: ["test/**/*.test.ts"],
	// Nobody waits that long: a test that hangs is to end, one on a busy machine is not to fail.
	testTimeout: 120_000,
	hookTimeout: 120_000,
};
const results = process.env.MAILTRAIL_TEST_RESULTS;

const config: ViteUserConfig = defineConfig({
	root: fileURLToPath(new URL("..", import.meta.url)),
	test: {
		// By default one core is left alone, of two that would be half of them.
		maxWorkers: "100%",
		...(results === undefined ? {} : { reporters: ["default", "json"], outputFile: { json: results } }),
		projects: [
			{ resolve, test: { ...shared, name: "utc", env: { TZ: "UTC", NO_COLOR: "1" } } },
			{ resolve, test: { ...shared, name: "chatham", exclude: ZONE_FREE, env: { TZ: "Pacific/Chatham", NO_COLOR: "1" } } },
		],
	},
});

export default config;
