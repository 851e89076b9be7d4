/** What `convert --manifest` notes: sums of all that is read and written, made while that happens. */
import { statSync } from "node:fs";
import type { Source } from "../convert/case.js";
import { fileBlocks } from "../convert/files.js";
import { fileOf, type Input, lookAt } from "../convert/input.js";
import { type Manifest, type ManifestInput, type Sum, Summing, sumOf } from "../convert/manifest.js";
import type { Summary } from "../convert/summary.js";
import type { Event } from "../format/event.js";
import { version } from "../root.js";
import type { ConvertValues } from "./convert-values.js";

/** What is noted of an input. */
class Note {
	summing = new Summing();
	isComplete = true;
	firstTime: string | undefined;
	lastTime: string | undefined;

	constructor(readonly input: Input) {}
}

const LINE_FEED = 10;

export class Custody {
	readonly #notes = new Map<Source, Note>();
	readonly #output = new Summing();
	/** The input whose events come. */
	#now: Note | undefined;

	/** The same input; what is read of it is added up. */
	watch(source: Source, input: Input): Input {
		const note = new Note(input);
		this.#notes.set(source, note);
		return { ...input, chunks: () => this.#watched(note), look: () => lookAt(input) };
	}

	async *#watched(note: Note): AsyncGenerator<Buffer> {
		this.#now = note;
		note.summing = new Summing();
		for await (const chunk of note.input.chunks()) {
			note.summing.add(chunk);
			yield chunk;
		}
	}

	/** The input that is read could not be read to its end. */
	fail(): void {
		if (this.#now !== undefined) this.#now.isComplete = false;
	}

	/** Events that are written. */
	see(block: Uint8Array): void {
		this.#output.addLines(block);
		const note = this.#now;
		if (note === undefined) return;
		note.firstTime ??= firstTimeIn(block);
		note.lastTime = lastTimeIn(block) ?? note.lastTime;
	}

	async manifest(summaries: ReadonlyMap<Source, Summary>, options: ConvertValues): Promise<Manifest> {
		const inputs: ManifestInput[] = [];
		for (const [source, note] of this.#notes) inputs.push(await inputNote(source, note, summaries.get(source)));
		const archives = new Set(inputs.flatMap(({ archive }) => archive ?? []));
		return {
			manifest_version: "1.0.0",
			mailtrail: version,
			settings: settingsOf(options),
			archives: await Promise.all(
				[...archives].map(async (file) => ({ file, modified: modified(file), ...(await sumOf(fileBlocks(file))) })),
			),
			inputs,
			output: { ...(isNamed(options.output) ? { file: options.output } : {}), events: this.#output.lines, ...this.#output.sum },
		};
	}
}

const isNamed = (path: string | undefined): path is string => path !== undefined && path !== "-";

const modified = (file: string): string => statSync(file).mtime.toISOString();

const optional = <K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } =>
	(value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: V };

async function inputNote({ path, name }: Source, note: Note, summary: Summary | undefined): Promise<ManifestInput> {
	const { input, summing, isComplete, firstTime, lastTime } = note;
	const archive = path === "-" ? path : fileOf(path);
	return {
		file: name,
		...(archive === path ? {} : { archive }),
		...optional("modified", input.modified?.toISOString()),
		complete: isComplete,
		...optional("stored", await storedSum(input)),
		content: summing.sum,
		records: summary?.records ?? 0,
		unparsed: summary?.unparsed ?? 0,
		...optional("first_time", firstTime),
		...optional("last_time", lastTime),
		...optional("year_basis", summary?.years?.basis),
		...optional("zone_basis", summary?.zone === "line" ? undefined : summary?.zone),
	};
}

/** Of a damaged archive a file may not be there to its end. */
async function storedSum(input: Input): Promise<Sum | undefined> {
	try {
		return input.stored === undefined ? undefined : await sumOf(input.stored());
	} catch {
		return undefined;
	}
}

function settingsOf({ format, zone, year, options, config, maxLine, unparsed, keys, omit }: ConvertValues): Manifest["settings"] {
	return {
		...optional("format", format),
		...optional("zone", zone),
		...optional("year", year),
		...(options.length === 0 ? {} : { options }),
		...optional("case", config),
		max_line: maxLine,
		unparsed,
		...optional("keys", keys),
		...optional("omit", omit),
	};
}

/** Time of the first event of a block that has one; most have. */
function firstTimeIn(block: Uint8Array): string | undefined {
	for (let at = 0; at < block.length; ) {
		const end = block.indexOf(LINE_FEED, at);
		const time = timeOf(block.subarray(at, end < 0 ? block.length : end));
		if (time !== undefined) return time;
		if (end < 0) return undefined;
		at = end + 1;
	}
	return undefined;
}

function lastTimeIn(block: Uint8Array): string | undefined {
	for (let end = block.length; end > 0; ) {
		const at = block.lastIndexOf(LINE_FEED, end - 2) + 1;
		const time = timeOf(block.subarray(at, end));
		if (time !== undefined || at === 0) return time;
		end = at;
	}
	return undefined;
}

function timeOf(line: Uint8Array): string | undefined {
	// It is an event: this program has written it.
	return (JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString()) as Event).time;
}
