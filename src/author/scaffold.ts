/** The folder of a new format: everything in it that can be known from a sample, and the shape of the rest. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { MailtrailError } from "../errors.js";
import { isArrow } from "./cases.js";
import { type Proposal, propose } from "./proposal.js";
import type { Sample, SampleShape } from "./sample.js";

/** A file to write, and what it is for. */
export interface ScaffoldFile {
	readonly path: string;
	readonly title: string;
	/** Latin-1 keeps every byte of the sample; all else in it is ASCII. */
	readonly text: string;
}

export interface Scaffold {
	/** Folder of the grammar. */
	readonly folder: string;
	readonly files: readonly ScaffoldFile[];
	/** The format belongs to a checkout of mailtrail, which has to be built. */
	readonly isInside: boolean;
	/** Records without any frame are the format's only with `-f`. */
	readonly needsFormatOption: boolean;
}

/** Cases that are written; who has more shapes than this begins with the frequent ones. */
const MOST_CASES = 100;

/** Names of folders and grammars that are no formats. */
const RESERVED = ["shared", "framing"];

/** Throws MailtrailError for an id that no folder can have, or that one of the formats has. */
export function requireId(id: string, known: readonly string[]): void {
	const refuse = (what: string, mend: string): never => {
		throw new MailtrailError("scaffold.id", 2, what, mend);
	};
	const mend = "Write small letters, digits and hyphens, such as qmail or qmail-smtpd.";
	if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) refuse(`'${id}' cannot be the id of a format`, mend);
	if (RESERVED.includes(id)) refuse(`'${id}' is the name of what all formats share`, "Choose another id.");
	if (known.includes(id)) refuse(`there is a format '${id}' already`, `Choose another id. Formats: ${known.join(", ")}.`);
}

/** @param into the folder of formats, or a checkout of mailtrail: there the corpus stands beside the grammars */
export function scaffold(id: string, sample: Sample, into: string): Scaffold {
	const isInside = isCheckout(into);
	const folder = isInside ? join(into, "grammars", id) : join(into, id);
	const corpus = isInside ? join(into, "corpus", id) : join(folder, "corpus");
	const proposal = propose(sample.shapes);
	const shape: Shape = { id, sample, proposal, isInside };
	const needsFormatOption = isBare(shape) && known(shape) === undefined;
	const { entries } = proposal;
	const cases = sample.shapes.filter(isCase).slice(0, MOST_CASES);
	return {
		folder,
		isInside,
		needsFormatOption,
		files: [
			{ path: join(folder, `${id}.ohm`), title: "the grammar: any text of the program is a record", text: grammarText(shape) },
			{
				path: join(folder, isInside ? "format.ts" : "format.js"),
				title: "who writes the format, and where captures go in the event",
				text: definitionText(shape),
			},
			{
				path: join(folder, "catalog.json"),
				title: `${plural(entries.length, "message")}, proposed from the shapes of the sample`,
				text: catalogText(shape),
			},
			{
				path: join(corpus, "shapes.txt"),
				title: `${plural(cases.length, "case")}, a shape of the sample each, with blank expectations`,
				text: cases.map((one) => caseText(one, needsFormatOption ? id : undefined)).join("\n"),
			},
			{ path: join(corpus, "captures", "SOURCES.md"), title: "where real logs come from, when you add some beside it", text: SOURCES },
		],
	};
}

/** Writes all files, or none when a folder of them is there already. */
export function writeScaffold({ folder, files }: Scaffold): void {
	for (const path of [folder, ...files.map((file) => dirname(file.path))])
		if (existsSync(path))
			throw new MailtrailError(
				"scaffold.exists",
				2,
				"this folder is there already, and nothing was written",
				"Choose another id, or another place: --into FOLDER.",
				{
					file: path,
				},
			);
	for (const { path, text } of files) {
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, text, "latin1");
	}
}

/** The root of a checkout of mailtrail. */
export function isCheckout(folder: string): boolean {
	const file = join(folder, "package.json");
	if (!existsSync(join(folder, "grammars", "shared", "shared.ohm")) || !existsSync(file)) return false;
	const { name } = JSON.parse(readFileSync(file, "utf8")) as { readonly name?: string };
	return name === "mailtrail";
}

/** What the files are made from. */
interface Shape {
	readonly id: string;
	readonly sample: Sample;
	readonly proposal: Proposal;
	readonly isInside: boolean;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Escaped where it is not ASCII, as the files are. */
const ascii = (json: string): string =>
	json.replace(/[^\0-~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

const grammarName = (id: string): string =>
	id
		.split("-")
		.map((part) => part.charAt(0).toUpperCase() + part.slice(1))
		.join("");

/** The lines are told by how they begin, as there is no frame that tells them. */
const known = ({ sample: { stamp, programs }, proposal: { beginnings } }: Shape): readonly string[] | undefined =>
	programs.length > 0 || (stamp !== undefined && stamp.isCommon === undefined) ? undefined : beginnings;

const isBare = ({ sample: { stamp, programs } }: Shape): boolean => programs.length === 0 && stamp === undefined;

function grammarText(shape: Shape): string {
	const { id, sample } = shape;
	const { stamp } = sample;
	const beginnings = known(shape);
	return [
		"/*",
		`  ${id}. All rules are lower case: in a log, blanks are evidence. Shared has word, rest, integer, decimal, ip, smtp_code and more.`,
		"*/",
		`${grammarName(id)} <: Shared {`,
		...(stamp === undefined
			? []
			: [
					"  // --- frame of its own: a stamp in front of each record ---",
					`  frame = ${stamp.rule} " " ${beginnings === undefined ? "" : "&known "}payload`,
					...(stamp.body === undefined ? [] : [`  ${stamp.rule} = ${stamp.body}`]),
					"  payload = any*",
					"",
				]),
		"  // --- the record: any text, so that nothing is lost; the templates of the catalog read `content` ---",
		"  record = content",
		"  content = text",
		"  text = any*",
		...(beginnings === undefined
			? []
			: [
					"",
					"  // --- no frame tells the program, so how its texts begin does ---",
					...(isBare(shape) ? ["  bare = &known record"] : []),
					`  known = ${beginnings.map((one) => ascii(JSON.stringify(one))).join("\n        | ")}`,
				]),
		"}",
		"",
	].join("\n");
}

function definitionText(shape: Shape): string {
	const { id, sample, isInside } = shape;
	const { stamp, programs } = sample;
	const decoder = stamp?.decoder;
	const names = [
		"defineFormat",
		...(isInside ? ["type FormatDefinition"] : []),
		...(decoder === undefined ? [] : [decoder]),
		"text",
		...(decoder === undefined ? [] : ["time"]),
	];
	const api = isInside ? "../../src/format/define.js" : "mailtrail/format";
	const lines = [
		`import { ${names.join(", ")} } from "${api}";`,
		"",
		isInside ? "const format: FormatDefinition = defineFormat({" : "export default defineFormat({",
		`	id: "${id}",`,
		`	title: "${id}",`,
		`	grammar: "${grammarName(id)}",`,
		...(programs.length === 0 ? [] : [`	programs: [${programs.map((name) => ascii(JSON.stringify(name))).join(", ")}],`]),
		...(stamp === undefined ? [] : ['	frames: ["frame"],']),
		...(isBare(shape) && known(shape) !== undefined ? ['	bare: "bare",'] : []),
		"	captures: {",
		...(decoder === undefined ? [] : [`		${stamp?.rule}: time(${decoder}),`]),
		'		text: text("text"),',
		"	},",
		"});",
		...(isInside ? ["", "export default format;"] : []),
		"",
	];
	return lines.join("\n");
}

function catalogText({ id, proposal: { fields, entries }, isInside }: Shape): string {
	const schema = isInside ? { $schema: "../../schemas/catalog.schema.json" } : {};
	return `${ascii(JSON.stringify({ ...schema, format: id, fields, entries }, null, "\t"))}\n`;
}

/** Longer lines are nothing to look at. */
const LONGEST_CASE = 4000;

/** Lines that a case file would take for a title or for the end of the input cannot stand in it. */
const isCase = ({ raw, shape }: SampleShape): boolean =>
	shape.trim() !== "" && !raw.startsWith("# ") && !isArrow(raw) && raw.length <= LONGEST_CASE;

function caseText({ shape, count, raw, year }: SampleShape, format: string | undefined): string {
	const options = { ...(format === undefined ? {} : { format }), ...(year === undefined ? {} : { year }) };
	const title = Buffer.from(`${shape} (${plural(count, "record")} of the sample)`).toString("latin1");
	const stated =
		Object.keys(options).length === 0 ? [] : [`options: ${JSON.stringify(options).replace(/[{:,]/g, "$& ").replace("}", " }")}`];
	return [`# ${title}`, ...stated, raw, "==>", ""].join("\n");
}

const SOURCES = `# Where these logs come from

No log stands here yet. When you add one, tell of each file which program and which release wrote it, on whose machine and when,
and what was replaced in it: names and addresses of people do not belong here.

| file | records | what happened |
|---|---|---|
`;
