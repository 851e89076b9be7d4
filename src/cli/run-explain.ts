import type { Settings } from "../convert/convert.js";
import type { ExplainSettings, Explanation } from "../convert/explain.js";
import type { Input } from "../convert/input.js";
import { safeJson } from "../escapes.js";
import type { Event } from "../format/event.js";
import type { Format } from "../format/format.js";
import { CATALOG_LANGUAGE } from "../format/language.js";
import { type Meaning, meaningsOf, nearMeanings } from "../format/lookup.js";
import { readVocabularies, Translator, type Vocabulary } from "../format/vocabulary.js";
import { type Colours, coloursOf } from "./colours.js";
import { formatById } from "./format-by-id.js";
import { languageNotes } from "./language.js";
import { widthOf } from "./layout.js";
import { meaningText, wordOf } from "./meaning.js";
import { printable, shortened, told } from "./printable.js";
import { parseOptions } from "./reading-options.js";
import type { Terminal } from "./terminal.js";
import { type Call, type ExitCode, usageError } from "./verb.js";

/** What lines are read with. Loaded only when there is a line: words need no parsers. */
export interface Parsers {
	readonly formats: readonly Format[];
	readonly framing: Settings["framing"];
}

export type LoadParsers = (folders: readonly string[]) => Promise<Parsers>;

const loadParsers: LoadParsers = async (folders) => {
	const { loadFormats, loadFraming } = await import("../format/load.js");
	return { formats: await loadFormats(folders), framing: await loadFraming(folders) };
};

interface ExplainValues {
	readonly language: string;
	readonly format: string | undefined;
	readonly isJson: boolean;
	readonly zone: string | undefined;
	readonly year: number | undefined;
	readonly events: readonly string[];
	readonly inputs: readonly string[];
	readonly options: readonly string[];
	readonly formatsDirs: readonly string[];
}

export async function runExplain({ args, options, terminal }: Call<ExplainValues>, load: LoadParsers = loadParsers): Promise<ExitCode> {
	if (options.events.length > 0 !== options.inputs.length > 0)
		throw usageError("--event and --in go together", "Give both: --event mail.log:4711 --in events.ndjson.");
	if (options.events.length > 0 && args.length > 0)
		throw usageError("--event says what is explained, so no WHAT may be given", "Leave one of them out.");
	const all = await readVocabularies(options.formatsDirs);
	let settings: Promise<ExplainSettings> | undefined;
	const session = new Session(
		terminal,
		options.format === undefined ? all : [formatById(all, options.format)],
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
	if (options.events.length > 0) isComplete = await session.explainEvents(options.events, options.inputs);
	else for (const what of args.length === 0 ? ["-"] : args) isComplete = (await session.explain(what)) && isComplete;
	await session.tellLanguage();
	return isComplete ? 0 : 1;
}

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
		const { explain } = await import("../convert/explain.js");
		return await this.#tellRecords(explain(input, await this.settings()));
	}

	/** The records of events, by their ids; false when one is not there, or has no explanation. */
	async explainEvents(ids: readonly string[], inputs: readonly string[]): Promise<boolean> {
		const missing = new Set(ids);
		const isAskedFor = (event: Event): boolean => {
			const named = ids.filter((id) => isNamed(event, id));
			for (const id of named) missing.delete(id);
			return named.length > 0;
		};
		const { explainEvents } = await import("../convert/explain.js");
		const { expandInputs } = await import("../convert/input.js");
		let isComplete = true;
		for (const name of await expandInputs(inputs)) {
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
		const { explanationText } = await import("./explanation.js");
		await this.#tell(explanation, () => explanationText(explanation, ...this.#look));
		return reader !== undefined;
	}

	async tellLanguage(): Promise<void> {
		const untranslated = this.vocabularies.filter(({ id }) => this.#untranslated.has(id));
		await this.terminal.stderr.write(languageNotes(untranslated, this.#translator));
	}

	get #look(): readonly [width: number, colours: Colours] {
		return [widthOf(this.terminal.stdout), coloursOf(this.terminal.stdout.hasColour)];
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
