import { safeJson } from "../escapes.js";
import {
	CATALOG_LANGUAGE,
	type Event,
	type ExplainSettings,
	type Explanation,
	expandInputs,
	explainEvents,
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
import { formatsDirs } from "./formats-dirs.js";
import { widthOf } from "./layout.js";
import { meaningText, wordOf } from "./meaning.js";
import { printable, shortened, told } from "./printable.js";
import { formatById, parseOptions, parseYear } from "./reading.js";
import { coloursFor, type Terminal } from "./terminal.js";
import { defineVerb, flag, parsed, text, texts, usageError, type Verb } from "./verb.js";

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
			"With --event, the record of that event in the log, or in the events, of --in; of its file's path the last part is enough.\n" +
			"Exit code 1 when something has no explanation.",
		args: [{ name: "WHAT", title: "codes, words or lines, - or none for lines from standard input", isRepeated: true }],
		options: {
			language,
			format: text("-f, --format <id>", "look only there; lines without any frame are records of this format"),
			isJson: flag("--json", "one JSON object for each WHAT"),
			zone: text("--tz <zone>", "zone of stamps without one: Europe/Berlin, +09:00"),
			year: parsed("--year <year>", "year of stamps without one", "a year such as 2026", parseYear),
			events: texts("--event <id>", "explain the record of this event, as trails name it; may be repeated"),
			inputs: texts("--in <file>", "log, or file of events, that holds it, - for standard input; may be repeated"),
			options: texts("--option <name=value>", "option of the logging program (LOG_NODE=1), or preset=<name>; may be repeated"),
			formatsDirs,
		},
		examples: [
			{ command: "mailtrail explain '#717'", title: "a numbered message" },
			{ command: "mailtrail explain --lang ja '[server][error][connect]'", title: "a tagged message, in Japanese" },
			{
				command: "mailtrail explain reply:283 flag:helo_host EE dispatcher:0x41",
				title: "a reply, a flag, an action with a modifier, a mask",
			},
			{ command: "mailtrail explain --event mail.log:4711 --in events.ndjson", title: "an event that a trail names" },
			{ command: "grep 2AK28R001230000100 mail.log | mailtrail explain --year 2026", title: "each line of a session" },
		],
		async run({ args, options, terminal }) {
			if (options.events.length > 0 !== options.inputs.length > 0)
				throw usageError("--event and --in go together", "Give both: --event mail.log:4711 --in events.ndjson.");
			if (options.events.length > 0 && args.length > 0)
				throw usageError("--event says what is explained, so no WHAT may be given", "Leave one of them out.");
			const all = await readVocabularies(options.formatsDirs);
			let settings: Promise<ExplainSettings> | undefined;
			const session = new Session(
				terminal,
				options.format === undefined ? all : [vocabularyById(all, options.format)],
				options.language,
				options.isJson,
				() =>
					(settings ??= load(options.formatsDirs).then((parsers) => ({
						...parsers,
						forced: formatById(parsers.formats, options.format),
						zone: options.zone,
						year: options.year,
						options: parseOptions(options.options),
						language: options.language,
					}))),
			);
			let isComplete = true;
			if (options.events.length > 0) isComplete = await session.explainEvents(options.events, await expandInputs(options.inputs));
			else for (const what of args.length === 0 ? ["-"] : args) isComplete = (await session.explain(what)) && isComplete;
			await session.tellLanguage();
			return isComplete ? 0 : 1;
		},
	});

export const explain: Verb = explainWith(loadParsers);

/** Of an id, the path may be given from one of its folders on. */
const isNamed = (event: Event, id: string): boolean => event.id === id || event.id.endsWith(`/${id}`);

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
		/** What lines are read with; asked for when there is a line. */
		readonly settings: () => Promise<ExplainSettings>,
	) {
		this.#translator = new Translator(language);
	}

	/** A word, a line, or the lines of standard input; false when something has no explanation. */
	async explain(what: string): Promise<boolean> {
		const known = what === "-" ? [] : this.meanings(what);
		if (known.length > 0) {
			await this.tellMeanings(what, known);
			return true;
		}
		if (what !== "-" && !/\s/.test(what.trim())) {
			await this.tellNothing(what);
			return false;
		}
		const input = what === "-" ? await this.terminal.open("-") : argument(what);
		return await this.#tellRecords(explainRecords(input, await this.settings()));
	}

	/** The records of events, by their ids; false when one is not there, or has no explanation. */
	async explainEvents(ids: readonly string[], inputs: readonly string[]): Promise<boolean> {
		const missing = new Set(ids);
		const isAskedFor = (event: Event): boolean => {
			const named = ids.filter((id) => isNamed(event, id));
			for (const id of named) missing.delete(id);
			return named.length > 0;
		};
		let isComplete = true;
		for (const name of inputs) {
			const records = explainEvents(await this.terminal.open(name), await this.settings(), isAskedFor);
			isComplete = (await this.#tellRecords(records)) && isComplete;
		}
		await this.terminal.stderr.write(told([...missing].map((id) => `there is no event '${id}' in what --in names`)));
		return isComplete && missing.size === 0;
	}

	async #tellRecords(explanations: AsyncIterable<Explanation>): Promise<boolean> {
		let isComplete = true;
		for await (const explanation of explanations) isComplete = (await this.tellRecord(explanation)) && isComplete;
		return isComplete;
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
