import { expandInputs } from "../convert/input.js";
import { createValidator, type Finding, type UnparsedLimit } from "../convert/validate.js";
import { damage, tellFailure } from "./failure.js";
import { Progress } from "./progress.js";
import { type ReportName, reports, summary } from "./reports.js";
import type { Terminal } from "./terminal.js";
import { type Call, type ExitCode, usageError } from "./verb.js";

interface ValidateValues {
	readonly report: ReportName;
	readonly maxUnparsed: UnparsedLimit | undefined;
	readonly hasUniqueIds: boolean;
	readonly isQuiet: boolean;
	readonly maxLine: number;
	readonly manifest: string | undefined;
}

export async function runValidate({ args, options, terminal }: Call<ValidateValues>): Promise<ExitCode> {
	const { maxLine, maxUnparsed, hasUniqueIds } = options;
	const validator = createValidator({ maxLineBytes: maxLine, hasUniqueIds, ...(maxUnparsed === undefined ? {} : { maxUnparsed }) });
	const report = reports[options.report];
	const progress = new Progress(terminal, { isQuiet: options.isQuiet, unparsed: () => validator.tally.unparsed });
	const { stdout, stderr } = progress.terminal;
	let isFirst = true;
	const tell = async (findings: readonly Finding[]): Promise<void> => {
		let text = "";
		for (const finding of findings) {
			text += report.finding(finding, isFirst);
			isFirst = false;
		}
		await stdout.write(text);
	};
	let isComplete = false;
	let worst: ExitCode = 0;
	await stdout.write(report.begin);
	try {
		const names = args.length === 0 ? ["-"] : await expandInputs(args);
		const difference = options.manifest === undefined ? undefined : await manifestDifference(options.manifest, names, terminal);
		if (difference !== undefined) await tell(validator.note(difference));
		await progress.begin(names);
		for (const name of names)
			try {
				const input = await terminal.open(name);
				for await (const findings of validator.check(name, progress.watch(input).chunks())) await tell(findings);
			} catch (error) {
				worst = await tellFailure(damage(error), progress.terminal);
			}
		await tell(validator.finish());
		isComplete = worst === 0;
	} finally {
		await progress.end();
		// Also when an input fails: what was found until then stands in a report that is whole.
		await stdout.write(report.end(validator.tally, isComplete));
		if (!options.isQuiet) await stderr.write(summary(validator.tally));
	}
	if (worst !== 0) return worst;
	return validator.tally.findings === 0 ? 0 : 1;
}

/** How a file of events differs from the one that a manifest was written with. */
async function manifestDifference(path: string, names: readonly string[], terminal: Terminal): Promise<Finding | undefined> {
	const [name = "-", ...others] = names;
	if (name === "-" || others.length > 0) throw usageError("--manifest belongs to one file of events", "Name that file, and no other.");
	const { differenceOf, readManifest } = await import("../convert/manifest.js");
	const found = await differenceOf(await readManifest(path), (await terminal.open(name)).chunks());
	return found === undefined ? undefined : { file: name, pointer: "", ...found };
}
