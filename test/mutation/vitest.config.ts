/** The tests that mutants of what follows mails are tried on: all run in the process, and none takes long. */
import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const CORRELATE = [
	"adversary",
	"clocks",
	"confidence",
	"evaluate",
	"evidence",
	"filters",
	"handovers",
	"names",
	"quoted-ids",
	"quotes",
	"trails",
];

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const config: ViteUserConfig = defineConfig({
	root: pathOf("../.."),
	test: {
		include: [
			...CORRELATE.map((name) => `test/correlate/${name}.test.ts`),
			"test/correlate/trackers/{hops,milter-manager,postfix,sendmail,smtpf,sun-mta}.test.ts",
			"test/convert/years.test.ts",
		],
		setupFiles: [pathOf("../preloaded.ts")],
		// Mutants are told by test only where each file has modules of its own.
		isolate: true,
		testTimeout: 300_000,
		hookTimeout: 300_000,
		env: { TZ: "UTC", NO_COLOR: "1" },
	},
});

export default config;
