import { type Coverage, coverageOf, type Unknown } from "../author/coverage.js";
import type { ShapeCount } from "../author/shapes.js";
import { type LoadReaders, loadReaders, Workbench } from "../author/workbench.js";
import { expandInputs, type Input } from "../convert/input.js";
import { safeJson } from "../escapes.js";
import { type Colours, coloursOf } from "./colours.js";
import { formatById } from "./format-by-id.js";
import { aligned, paragraph, widthOf } from "./layout.js";
import { counted, grouped, percentage } from "./numbers.js";
import { printable, shortened } from "./printable.js";
import { parseOptions } from "./reading-options.js";
import type { Terminal } from "./terminal.js";
import type { Call, ExitCode } from "./verb.js";

interface CoverageValues {
	readonly isJson: boolean;
	readonly most: number;
	readonly forced: string | undefined;
	readonly options: readonly string[];
	readonly formatsDirs: readonly string[];
}

export async function runCoverage({ args, options, terminal }: Call<CoverageValues>, load: LoadReaders = loadReaders): Promise<ExitCode> {
	const [id = "", ...files] = args;
	const { format, composed, formats, framing } = await new Workbench(id, options.formatsDirs, load).load();
	const settings = { formats, framing, forced: formatById(formats, options.forced), options: parseOptions(options.options) };
	const coverage = await coverageOf(format, composed, inputs(files, terminal), settings);
	const shown = options.isJson
		? `${safeJson(coverage, "\t")}\n`
		: report(coverage, options.most, widthOf(terminal.stdout), coloursOf(terminal.stdout.hasColour));
	await terminal.stdout.write(shown);
	return 0;
}

async function* inputs(files: readonly string[], terminal: Terminal): AsyncGenerator<Input> {
	for (const name of files.length === 0 ? ["-"] : await expandInputs(files)) yield await terminal.open(name);
}

function report(coverage: Coverage, most: number, width: number, colours: Colours): string {
	const { bold, dim } = colours;
	const { format, records, read, messages, cases, generic, unparsed } = coverage;
	const table = (title: string, all: readonly { readonly count: number }[], row: (i: number) => readonly string[]): string => {
		const seen = all.flatMap(({ count }, i) => (count > 0 ? [i] : []));
		const rows = [...seen]
			.sort((a, b) => (all[b]?.count ?? 0) - (all[a]?.count ?? 0))
			.map((i) => [grouped(all[i]?.count ?? 0), ...row(i).map(printable)]);
		const head = bold(`${title}: ${grouped(seen.length)} of ${grouped(all.length)}`);
		return `\n${head}\n${aligned(rows, [true])
			.map((line) => `  ${line}\n`)
			.join("")}`;
	};
	const missing = cases.filter(({ count }) => count === 0).map(({ label }) => label);
	return [
		`${bold(printable(format))}: ${grouped(read)} of ${counted(records, "record")}\n`,
		table("Messages of the catalog", messages, (i) => [messages[i]?.code ?? "", messages[i]?.template ?? messages[i]?.title ?? ""]),
		...(cases.length === 0 ? [] : [table("Cases of the grammar", cases, (i) => [cases[i]?.label ?? ""])]),
		...(missing.length === 0 ? [] : [dim(paragraph(`not exercised: ${printable(missing.join(", "))}`, width, "  "))]),
		...unknown("Read, but no message of the catalog", generic, read, most, colours),
		...unknown("Read by no format", unparsed, records, most, colours),
	].join("");
}

/** Characters of an example that are shown. */
const LONGEST = 200;

function unknown(title: string, { records, shapes, others }: Unknown, of: number, most: number, { bold, dim }: Colours): string[] {
	if (records === 0) return [`\n${bold(title)}: none\n`];
	const shape = ({ program, shape, count, example, file, line }: ShapeCount): string => {
		const text = program === undefined ? shape : `${program}: ${shape}`;
		return `  ${grouped(count)}  ${printable(shortened(text, LONGEST))}\n${dim(`      ${printable(file)}:${line}: ${printable(shortened(example, LONGEST))}`)}\n`;
	};
	const hidden = shapes.length - most;
	return [
		`\n${bold(title)}: ${counted(records, "record")} (${percentage(records, of)}), ${counted(shapes.length, "shape")}\n`,
		...shapes.slice(0, most).map(shape),
		...(hidden > 0 ? [`  and ${counted(hidden, "more shape")}; --shapes shows more\n`] : []),
		...(others > 0 ? [`  and ${counted(others, "record")} of further shapes\n`] : []),
	];
}
