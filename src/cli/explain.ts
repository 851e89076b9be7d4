import {
	CATALOG_LANGUAGE,
	type Explanation,
	explain as explainRecords,
	type Format,
	type Input,
	loadFormats,
	loadFraming,
	type Meaning,
	meaningsOf,
	nearMeanings,
	readVocabularies,
	type Settings,
	Translator,
	type Vocabulary,
} from "../index.js";
import { explanationText } from "./explanation.js";
import { language, languageNotes, vocabularyById } from "./formats.js";
import { safeJson } from "./json.js";
import { widthOf } from "./layout.js";
import { meaningText, wordOf } from "./meaning.js";
import { printable, shortened } from "./printable.js";
import { formatById, parseOptions, parseYear } from "./reading.js";
import { coloursFor, type Terminal } from "./terminal.js";
import { defineVerb, flag, parsed, text, texts, type Verb } from "./verb.js";

/** What lines are read with. Loaded only when there is a line: words need no parsers. */
export interface Parsers {
	readonly formats: readonly Format[];
	readonly framing: Settings["framing"];
}

const loadParsers = async (folders: readonly string[]): Promise<Parsers> => ({
	formats: await loadFormats(folders),
	framing: await loadFraming(),
});

/** The verb, with its way to load parsers; tests have one that does not compile them every time. */
export const explainWith = (load: (folders: readonly string[]) => Promise<Parsers>): Verb =>
	defineVerb({
		name: "explain",
		summary: "say what a message, a word or a whole line means",
		details:
			"WHAT is a message code (717), a tag list ([server][error][connect]), a reply (reply:283 or the whole reply), another word of a catalog\n" +
			"(flag:helo_host, LOG_NODE, EE), a mask (dispatcher:0x41), or a line of a log: then each value of its event is shown with its place in\n" +
			"the line, and for a line that is not understood, how far it was. Without WHAT, or with -, each line of standard input is explained.\n" +
			"Exit code 1 when something has no explanation.",
		args: [{ name: "WHAT", title: "codes, words or lines, - or none for lines from standard input", isRepeated: true }],
		options: {
			language,
			format: text("-f, --format <id>", "look only there; lines without any frame are records of this format"),
			isJson: flag("--json", "one JSON object for each WHAT"),
			zone: text("--tz <zone>", "zone of stamps without one: Europe/Berlin, +09:00"),
			year: parsed("--year <year>", "year of stamps without one", "a year such as 2026", parseYear),
			options: texts("--option <name=value>", "option of the logging program (LOG_NODE=1), or preset=<name>; may be repeated"),
			formatsDirs: texts("--formats-dir <folder>", "folder that holds formats of your own; may be repeated"),
		},
		examples: [
			{ command: "mailtrail explain '#717'", title: "a numbered message" },
			{ command: "mailtrail explain --lang ja '[server][error][connect]'", title: "a tagged message, in Japanese" },
			{
				command: "mailtrail explain reply:283 flag:helo_host EE dispatcher:0x41",
				title: "a reply, a flag, an action with a modifier, a mask",
			},
			{ command: "grep 2AK28R001230000100 mail.log | mailtrail explain --year 2026", title: "each line of a session" },
		],
		async run({ args, options, terminal }) {
			const all = await readVocabularies(options.formatsDirs);
			const session = new Session(
				terminal,
				options.format === undefined ? all : [vocabularyById(all, options.format)],
				options.language,
				options.isJson,
			);
			let parsers: Parsers | undefined;
			let isComplete = true;
			for (const what of args.length === 0 ? ["-"] : args) {
				const known = what === "-" ? [] : session.meanings(what);
				if (known.length > 0) await session.tellMeanings(what, known);
				else if (what !== "-" && !/\s/.test(what.trim())) {
					await session.tellNothing(what);
					isComplete = false;
				} else {
					const input = what === "-" ? await terminal.open("-") : argument(what);
					parsers ??= await load(options.formatsDirs);
					const settings = {
						...parsers,
						forced: formatById(parsers.formats, options.format),
						zone: options.zone,
						year: options.year,
						options: parseOptions(options.options),
						language: options.language,
					};
					for await (const explanation of explainRecords(input, settings))
						isComplete = (await session.tellRecord(explanation)) && isComplete;
				}
			}
			await session.tellLanguage();
			return isComplete ? 0 : 1;
		},
	});

export const explain: Verb = explainWith(loadParsers);

/** An argument as an input of its own. */
function argument(line: string): Input {
	const bytes = Buffer.from(`${line}\n`);
	return {
		name: "-",
		modified: undefined,
		async *chunks() {
			yield bytes;
		},
	};
}

/** What one call tells, one thing after the other. */
class Session {
	readonly #translator: Translator;
	#isFirst = true;
	/** Formats whose words were wanted in another language than they could be shown in. */
	readonly #untranslated = new Set<string>();

	constructor(
		readonly terminal: Terminal,
		readonly vocabularies: readonly Vocabulary[],
		readonly language: string,
		readonly isJson: boolean,
	) {
		this.#translator = new Translator(language);
	}

	meanings(what: string): Meaning[] {
		return meaningsOf(what.trim(), this.vocabularies, this.#translator);
	}

	async tellMeanings(what: string, meanings: readonly Meaning[]): Promise<void> {
		this.#note(meanings);
		await this.#tell({ what, meanings }, () => meanings.map((one) => meaningText(one, ...this.#look)).join("\n"));
	}

	async tellNothing(what: string): Promise<void> {
		const near = nearMeanings(what.trim(), this.vocabularies, this.#translator);
		const hints = near.map((one) => `\n    ${printable(wordOf(one))}  ${printable(one.title)}`).join("");
		if (this.isJson)
			await this.#tell(
				{ what, meanings: [], near: near.map(({ format, kind, code, title }) => ({ format, kind, code, title })) },
				() => "",
			);
		const mend = near.length > 0 ? `  Did you mean:${hints}` : "  mailtrail formats show lists all that a format knows.";
		await this.terminal.stderr.write(`mailtrail: nothing is known about '${printable(shortened(what, 100))}'\n${mend}\n`);
	}

	/** False when the record was not understood. A line may also be a word. */
	async tellRecord(explanation: Explanation): Promise<boolean> {
		const { line, reader, frame, message, terms } = explanation;
		if (line.trim() === "") return true;
		const meanings = frame === undefined && (reader === undefined || reader.by === "option") ? this.meanings(line) : [];
		if (meanings.length > 0) {
			await this.tellMeanings(line, meanings);
			return true;
		}
		this.#note([...(message === undefined ? [] : [message]), ...terms]);
		await this.#tell(explanation, () => explanationText(explanation, ...this.#look));
		return reader !== undefined;
	}

	async tellLanguage(): Promise<void> {
		const untranslated = this.vocabularies.filter(({ id }) => this.#untranslated.has(id));
		await this.terminal.stderr.write(languageNotes(untranslated, this.#translator));
	}

	get #look(): readonly [width: number, colours: ReturnType<typeof coloursFor>] {
		return [widthOf(this.terminal.stdout), coloursFor(this.terminal.stdout)];
	}

	#note(meanings: readonly Meaning[]): void {
		if (this.language === CATALOG_LANGUAGE) return;
		for (const { format, language: own, parts } of meanings) {
			if (own !== this.language) this.#untranslated.add(format);
			if (parts !== undefined) this.#note(parts);
		}
	}

	async #tell(data: object, asText: () => string): Promise<void> {
		const shown = this.isJson ? `${safeJson(data)}\n` : `${this.#isFirst ? "" : "\n"}${asText()}`;
		this.#isFirst = false;
		await this.terminal.stdout.write(shown);
	}
}
