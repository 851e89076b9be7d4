/**
 * How far long work is, on a line of a terminal that is written anew, and cleared before anything else is written:
 *
 *     mail.log: 12.3 of 48.0 MB, 21.4 MB/s, 2 s left, 13 unparsed
 */
import { type Input, lookAt } from "../convert/input.js";
import { spanText } from "./clock-text.js";
import { columnsOf } from "./layout.js";
import { counted, grouped } from "./numbers.js";
import { shownName } from "./paths.js";
import { printable } from "./printable.js";
import type { Terminal, Writer } from "./terminal.js";

const INTERVAL_MS = 250;
const CLEAR_LINE = "\r\u001b[K";
/** Where a terminal does not say how many it has. */
const DEFAULT_COLUMNS = 80;
const LEAST_NAME = 8;

export interface ProgressOptions {
	/** Nothing is shown. */
	readonly isQuiet: boolean;
	/** Records that were not understood so far, where they are counted. */
	readonly unparsed?: (() => number) | undefined;
}

export class Progress {
	/** The terminal, for all that is written meanwhile: the line is cleared first. */
	readonly terminal: Terminal;
	readonly #bare: Terminal;
	readonly #isShown: boolean;
	readonly #options: ProgressOptions;
	#heading = "";
	#total: number | undefined;
	#begun = 0;
	#told = 0;
	/** Input → bytes of it that were read. */
	readonly #read = new Map<string, number>();
	#done = 0;
	/** The line stands on the terminal. */
	#hasLine = false;
	/** Where the terminal stands: in the middle of a line of output there is no room for another. */
	#isAtStart = true;

	/** It is shown when standard error is a terminal. */
	constructor(terminal: Terminal, options: ProgressOptions) {
		const { stdout, stderr } = terminal;
		this.#bare = terminal;
		this.#options = options;
		this.#isShown = stderr.isTTY && !options.isQuiet;
		this.terminal = this.#isShown ? { ...terminal, stdout: this.#clearing(stdout), stderr: this.#clearing(stderr) } : terminal;
	}

	/** Says which inputs are read from now on. */
	async begin(names: readonly string[]): Promise<void> {
		if (!this.#isShown) return;
		this.#heading = names.length === 1 ? printable(shownName(names[0] ?? "")) : counted(names.length, "file");
		this.#total = await totalOf(names, this.#bare);
		this.#read.clear();
		this.#done = 0;
		this.#begun = this.#bare.now();
		this.#told = this.#begun;
	}

	/** The same input, whose bytes are counted while it is read. */
	watch(input: Input): Input {
		return this.#isShown ? { ...input, chunks: () => this.#watched(input), look: () => lookAt(input) } : input;
	}

	/** So many bytes of an input were read; of a compressed file, those of the file. */
	async reach(name: string, bytes: number): Promise<void> {
		this.#done += bytes - (this.#read.get(name) ?? 0);
		this.#read.set(name, bytes);
		const now = this.#bare.now();
		if (!this.#isShown || !this.#isAtStart || now - this.#told < INTERVAL_MS) return;
		this.#told = now;
		this.#hasLine = true;
		await this.#bare.stderr.write(CLEAR_LINE + this.#line((now - this.#begun) / 1000));
	}

	/** Clears the line; to be awaited at the end, also after an error. */
	async end(): Promise<void> {
		if (!this.#hasLine) return;
		this.#hasLine = false;
		await this.#bare.stderr.write(CLEAR_LINE);
	}

	async *#watched(input: Input): AsyncGenerator<Buffer> {
		let bytes = 0;
		for await (const chunk of input.chunks()) {
			yield chunk;
			bytes += chunk.length;
			await this.reach(input.name, input.file?.read() ?? bytes);
		}
		if (input.file !== undefined) await this.reach(input.name, input.file.size);
	}

	#clearing(writer: Writer): Writer {
		if (!writer.isTTY) return writer;
		return {
			...writer,
			write: async (chunk) => {
				if (chunk.length === 0) return;
				await this.end();
				this.#isAtStart = typeof chunk === "string" ? chunk.endsWith("\n") : chunk.at(-1) === 0x0a;
				await writer.write(chunk);
			},
		};
	}

	#line(seconds: number): string {
		const { unparsed } = this.#options;
		const [done, total, rate] = [this.#done, this.#total, this.#done / seconds];
		const parts = [
			total === undefined || total < done ? sizeText(done) : `${sizeText(done, total)} of ${sizeText(total)}`,
			`${sizeText(rate)}/s`,
			total === undefined || total < done || rate === 0 ? [] : `${leftText((total - done) / rate)} left`,
			unparsed === undefined ? [] : `${grouped(unparsed())} unparsed`,
		].flat();
		const text = `: ${parts.join(", ")}`;
		// What goes on in a second line would stay there.
		const columns = this.#bare.stderr.columns ?? DEFAULT_COLUMNS;
		return (ending(this.#heading, Math.max(LEAST_NAME, columns - 1 - text.length)) + text).slice(0, columns - 1);
	}
}

/** The end of a path that is too long: its beginning says less. */
function ending(path: string, columns: number): string {
	let text = path;
	while (columnsOf(text) > columns) text = `…${text.slice(2)}`;
	return text;
}

/** Bytes of all inputs; undefined when one of them does not know how many it has. */
async function totalOf(names: readonly string[], terminal: Terminal): Promise<number | undefined> {
	let total = 0;
	for (const name of names) {
		// What cannot be opened is told when its turn comes.
		const size = await terminal.open(name).then(
			({ file }) => file?.size,
			() => 0,
		);
		if (size === undefined) return undefined;
		total += size;
	}
	return total;
}

/** `12.3 MB`; the unit of a larger size, left out, when it stands before that. */
function sizeText(bytes: number, before?: number): string {
	const [unit, name] = (before ?? bytes) >= 1e9 ? [1e9, " GB"] : [1e6, " MB"];
	return `${(bytes / unit).toFixed(1)}${before === undefined ? name : ""}`;
}

/** Whole seconds, or whole minutes when there are many. */
const leftText = (seconds: number): string => spanText(seconds < 600 ? Math.ceil(seconds) : Math.ceil(seconds / 60) * 60);
