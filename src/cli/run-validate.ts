import { expandInputs } from "../convert/input.js";
import { createValidator, type Finding, type UnparsedLimit } from "../convert/validate.js";
import { damage, tellFailure } from "./failure.js";
import { Progress } from "./progress.js";
import { type ReportName, reports, summary } from "./reports.js";
import type { Call, ExitCode } from "./verb.js";

interface ValidateValues {
	readonly report: ReportName;
	readonly maxUnparsed: UnparsedLimit | undefined;
	readonly hasUniqueIds: boolean;
	readonly isQuiet: boolean;
	readonly maxLine: number;
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
