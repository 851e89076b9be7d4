import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { readSample, type Sample } from "../author/sample.js";
import { isCheckout, requireId, type Scaffold, scaffold, writeScaffold } from "../author/scaffold.js";
import { type LoadReaders, loadReaders, Workbench } from "../author/workbench.js";
import { events } from "../convert/convert.js";
import type { Event } from "../format/event.js";
import { allFormatFolders, formatFolders } from "../format/folders.js";
import { aligned } from "./layout.js";
import { counted, grouped } from "./numbers.js";
import { shownPath } from "./paths.js";
import { printable } from "./printable.js";
import { type Call, type ExitCode, usageError } from "./verb.js";

interface NewValues {
	readonly from: string | undefined;
	readonly into: string;
	readonly programs: readonly string[];
	readonly formatsDirs: readonly string[];
}

export async function runNew({ args, options, terminal }: Call<NewValues>, load: LoadReaders = loadReaders): Promise<ExitCode> {
	const id = args[0] ?? "";
	if (options.from === undefined)
		throw usageError("a format begins with a sample of its log", "Name one: --from mail.log, or - for standard input.");
	const into = resolve(options.into);
	const beside = !isCheckout(into) && existsSync(into) && formatFolders(into).length > 0 ? [into] : [];
	const dirs = [...beside, ...options.formatsDirs];
	const folders = allFormatFolders(dirs);
	requireId(
		id,
		folders.map((folder) => basename(folder)),
	);
	const readers = await load(folders);
	const sample = await readSample(id, await terminal.open(options.from), readers, options.programs);
	const made = scaffold(id, sample, into);
	writeScaffold(made);
	await terminal.stdout.write(files(made));
	const next = made.isInside ? [] : [await check(id, made, dirs, load, sample)];
	const where = made.isInside ? "" : ` --formats-dir ${dirname(shownPath(made.folder))}`;
	const command = made.isInside ? "npm run build, then npx mailtrail" : "mailtrail";
	const lines = [...next, `next: ${command} formats test ${id}${where} --watch`];
	await terminal.stderr.write(lines.map((line) => `mailtrail: ${line}\n`).join(""));
	return 0;
}

/** What was written, a line for each file. */
function files({ files }: Scaffold): string {
	const rows = aligned(files.map(({ path, title }) => [shownPath(path), title]));
	return `${rows.join("\n")}\n`;
}

/** Reads a record of each shape with what was written. */
async function check(
	id: string,
	{ folder, needsFormatOption }: Scaffold,
	dirs: readonly string[],
	load: LoadReaders,
	sample: Sample,
): Promise<string> {
	const { format, formats, framing } = await new Workbench(id, [dirname(folder), ...dirs], load).load();
	const { shapes, own } = sample;
	const bytes = Buffer.from(shapes.map(({ raw }) => `${raw}\n`).join(""), "latin1");
	const input = {
		name: "-",
		modified: undefined,
		async *chunks() {
			yield bytes;
		},
	};
	const found: Event[] = [];
	for await (const event of events(input, { formats, framing, forced: needsFormatOption ? format : undefined })) found.push(event);
	const sum = (test: (event: Event | undefined) => boolean): number =>
		shapes.reduce((total, { count }, i) => total + (test(found[i]) ? count : 0), 0);
	const read = sum((event) => event?.format === id);
	const known = sum((event) => event?.format === id && event.code !== undefined);
	const option = needsFormatOption ? ` with -f ${id}, as they have no frame` : "";
	return `${counted(own, "record")} of ${counted(shapes.length, "shape")}: ${grouped(read)} read as ${printable(id)}${option}, ${grouped(known)} with a message of the catalog`;
}
