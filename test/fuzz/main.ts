/** `npm run fuzz -- --lines 1000000 [--seed N]`: tries damaged lines of all captures; what breaks a law is kept in the folder for temporary files. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fuzz } from "./run.js";

const { values } = parseArgs({ options: { lines: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } } });
const lines = Number(values.lines);
const broken = await fuzz(lines, Number(values.seed), (done) => {
	if (done % 100_000 < 2000) console.log(`${done} of ${lines} lines`);
});
if (broken === undefined) console.log(`${lines} lines, no law broken`);
else {
	const path = join(mkdtempSync(join(tmpdir(), "mailtrail-fuzz-")), "broken.log");
	writeFileSync(path, broken.log);
	console.log(`seed ${broken.seed}, batch ${broken.batch}: ${broken.law}\nthe log: ${path}`);
	process.exitCode = 1;
}
