import { casesOf } from "../author/cases.js";
import { explainRecord, type Trial, tryCase } from "../author/trial.js";
import { fillBlanks, isFillable } from "../author/update.js";
import { type LoadReaders, type Specimen, Workbench } from "../author/workbench.js";
import { MailtrailError } from "../errors.js";
import { coloursOf } from "./colours.js";
import { mismatchText } from "./explanation.js";
import { tellFailure } from "./failure.js";
import { widthOf } from "./layout.js";
import { counted } from "./numbers.js";
import { tellOutdated } from "./outdated.js";
import { shownPath } from "./paths.js";
import { printable, shortened } from "./printable.js";
import type { Terminal } from "./terminal.js";
import type { Call, ExitCode } from "./verb.js";

interface TestValues {
	readonly isAll: boolean;
	readonly isUpdating: boolean;
	readonly isWatching: boolean;
	readonly formatsDirs: readonly string[];
}

export async function runTest({ args, options, terminal }: Call<TestValues>, load?: LoadReaders): Promise<ExitCode> {
	const bench = new Workbench(args[0] ?? "", options.formatsDirs, load);
	if (!options.isWatching) return await runCases(bench, options, terminal);
	const watcher = await terminal.watch();
	try {
		for (;;) {
			watcher.see(bench.watched);
			const exit = await runCases(bench, options, terminal).catch((error: unknown) => {
				// A format in the making is broken half of the time.
				if (!(error instanceof MailtrailError)) throw error;
				return tellFailure(error, terminal);
			});
			await terminal.stderr.write("mailtrail: waiting for changes; Ctrl-C ends it\n");
			const changed = await watcher.next();
			if (changed === undefined) return exit;
			await terminal.stderr.write(`\nmailtrail: changed: ${printable(changed.map(shownPath).join(", "))}\n`);
		}
	} finally {
		watcher.close();
	}
}

async function runCases(bench: Workbench, options: TestValues, terminal: Terminal): Promise<ExitCode> {
	const specimen = await bench.load();
	await tellOutdated(specimen.outdated, terminal);
	const trials: Trial[] = [];
	for (const one of casesOf(specimen.corpus)) trials.push(await tryCase(one, specimen));
	const filled = options.isUpdating ? trials.filter(isFillable) : [];
	for (const file of new Set(filled.map(({ tried }) => tried.file))) fillBlanks(file, filled);
	const open = trials.filter((trial) => trial.verdict !== "holds" && !filled.includes(trial));
	for (const trial of options.isAll ? open : open.slice(0, 1)) await terminal.stdout.write(await trialText(trial, specimen, terminal));
	const told = tell(bench, trials, filled, open, options);
	await terminal.stderr.write(told.map((line) => `mailtrail: ${line}\n`).join(""));
	return open.length === 0 && trials.length > 0 ? 0 : 1;
}

function tell(
	{ id, corpus }: Workbench,
	trials: readonly Trial[],
	filled: readonly Trial[],
	open: readonly Trial[],
	options: TestValues,
): string[] {
	if (trials.length === 0) return [`${id}: there is no case; write the first into ${shownPath(corpus.folder)}/cases.txt`];
	const blank = open.filter(({ verdict }) => verdict === "blank");
	const failing = open.length - blank.length;
	const holding = trials.length - open.length - filled.length;
	const parts = [
		`${counted(trials.length, "case")}: ${holding} ${holding === 1 ? "holds" : "hold"}`,
		...(failing === 0 ? [] : [`${failing} ${failing === 1 ? "fails" : "fail"}`]),
		...(blank.length === 0 ? [] : [`${blank.length} blank`]),
		...(filled.length === 0 ? [] : [`${filled.length} filled`]),
	];
	const hidden = options.isAll || open.length < 2 ? [] : [`the first is shown, --all shows all ${open.length}`];
	const refused = blank.filter(({ wrong }) => wrong.length > 0);
	const mend = [
		...(blank.length === refused.length ? [] : ["--update fills blank expectations with what is read now"]),
		...(filled.length === 0 ? [] : ["read what was filled: from now on it is what must be"]),
	];
	const lines = options.isUpdating
		? refused.map(({ tried, wrong }) => {
				const { file, line, title } = tried;
				const records = wrong.length === 1 ? "a record of it is unparsed" : `${wrong.length} records of it are unparsed`;
				return `${shownPath(file)}:${line}: not filled: ${records}; write { "record": "unparsed" } yourself if that is meant (${printable(title)})`;
			})
		: [];
	return [...lines, `${id}: ${parts.join(", ")}`, ...hidden, ...mend];
}

/** Differences of a case that are shown. */
const MOST_DIFFERENCES = 20;
/** Longer lines of a log are told by their number. */
const LONGEST_LINE = 400;

async function trialText(trial: Trial, specimen: Specimen, terminal: Terminal): Promise<string> {
	const { tried, verdict, differences, wrong, events } = trial;
	const colours = coloursOf(terminal.stdout.hasColour);
	const width = widthOf(terminal.stdout);
	const [at] = wrong;
	const event = at === undefined ? undefined : events[at];
	const explanation = at === undefined ? undefined : await explainRecord(tried, at, specimen);
	const more = differences.length - MOST_DIFFERENCES;
	const state = verdict === "blank" ? "blank" : "fails";
	return [
		`${colours.bold(`${shownPath(tried.file)}:${tried.line}: ${state}: ${printable(tried.title)}`)}\n`,
		...differences.slice(0, MOST_DIFFERENCES).map((one) => `  ${colours.red(printable(one))}\n`),
		...(more > 0 ? [`  and ${more} more differences\n`] : []),
		...(verdict === "blank" ? ["  nothing is expected yet\n"] : []),
		...(event === undefined ? [] : [`\n  record /${at}, line ${tried.inputLine + event.source.line - 1}\n`]),
		...(event === undefined || explanation?.mismatch !== undefined ? [] : [`${printable(shortened(event.raw, LONGEST_LINE))}\n`]),
		...(explanation?.mismatch === undefined ? [] : [mismatchText(explanation.line, explanation.mismatch, width, colours)]),
		"\n",
	].join("");
}
