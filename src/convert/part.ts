/** Parts of inputs that workers read by themselves: the bytes of a file between two boundaries, or a whole input. */
import { closeSync, openSync, readSync } from "node:fs";
import type { Format } from "../format/format.js";
import type { Framing } from "../format/frame.js";
import { openInput } from "./input.js";
import { Kernel } from "./kernel.js";
import type { Infer } from "./profiles.js";
import { type RecordState, Records, SAMPLE } from "./records.js";
import { type Report, reportOf } from "./report.js";
import type { Asked } from "./route.js";
import { inferring } from "./sample.js";
import { type Selection, type SelectionPaths, selectionOf } from "./selection.js";
import { survey } from "./survey.js";
import { readZone, type Zone } from "./zone.js";

/** What an input is read with, as plain data: it goes to other threads. */
export interface PartSettings {
	/** Input id, the first part of event ids. */
	readonly input: string;
	/** Id of the format whose records bare lines are. */
	readonly forced: string | undefined;
	readonly zone: string | undefined;
	readonly year: number | undefined;
	readonly maxLine: number | undefined;
	readonly options: Readonly<Record<string, string>> | undefined;
	readonly selection: SelectionPaths | undefined;
	readonly written: { readonly events: boolean; readonly unparsed: boolean };
}

export interface Part {
	/** Tells inputs apart. */
	readonly source: number;
	readonly path: string;
	readonly settings: PartSettings;
	/** Bytes of the file; absent for a whole input, which may be compressed. */
	readonly range?: { readonly start: number; readonly end: number };
	/** What the reading depends on besides; absent for a whole input. */
	readonly state?: RecordState;
	/** Its events may not have room in memory. */
	readonly isLarge?: boolean;
}

/** Bytes at the beginning of memory that goes from thread to thread, and is used again. */
export interface Block {
	readonly memory: ArrayBuffer;
	readonly length: number;
}

/** What became of a part: its events, and the rest. */
export interface PartResult extends Ending {
	readonly blocks: readonly Block[];
}

export interface Ending {
	readonly report: Report;
	/** What was known when it was read: programs and options that it had learned by then. */
	readonly state: RecordState;
	/** Programs of which it asked who reads them, and options that it had to find: if those are known already, it has to be read again. */
	readonly asked: Asked;
	readonly inferred: readonly string[];
	/** What went wrong with the input, behind all that could be read. */
	readonly failure: unknown;
}

/** Bytes that are read at a time. */
const BLOCK = 128 * 1024;
/** Bytes for a block: what the output of the kernel holds. */
const LEAST_BLOCK = 1024 * 1024;

/** Reads parts, one after the other. */
export class PartReader {
	readonly #kernel = Kernel.take();
	/** The last input, and what was remembered of it. */
	#last: { readonly source: number; readonly records: Records } | undefined;
	readonly #zones = new Map<string, Zone>();
	readonly #selections = new Map<string, Selection>();
	/** Memory for blocks. */
	readonly #free: ArrayBuffer[] = [];

	constructor(
		readonly formats: readonly Format[],
		readonly framing: Framing,
	) {}

	/** Reads a part whose events have room in memory. */
	async read(part: Part): Promise<PartResult> {
		const blocks: Block[] = [];
		const all = this.stream(part);
		for (let next = await all.next(); ; next = await all.next()) {
			if (next.done === true) return { blocks, ...next.value };
			blocks.push(this.#blockOf(next.value));
		}
	}

	/** Gives the events of a part, in blocks that are good until the next one is asked for; then what became of it. */
	async *stream(part: Part): AsyncGenerator<Uint8Array, Ending> {
		const records = await this.#recordsFor(part);
		const before = new Set(records.state.profiles.map(([format]) => format));
		let failure: unknown;
		try {
			for await (const chunk of bytesOf(part)) yield* records.convert(chunk);
		} catch (error) {
			failure = error;
		}
		yield* records.convertRest();
		const { state } = records;
		const inferred = state.profiles.flatMap(([format]) => (before.has(format) ? [] : [format]));
		return { report: reportOf(records), state, asked: records.router.asked, inferred, failure };
	}

	/** Takes back the memory of a block. */
	recycle(memory: ArrayBuffer): void {
		this.#free.push(memory);
	}

	/** A copy that can be given to another thread. */
	#blockOf(bytes: Uint8Array): Block {
		const free = this.#free.pop();
		const memory = free !== undefined && free.byteLength >= bytes.length ? free : new ArrayBuffer(Math.max(bytes.length, LEAST_BLOCK));
		new Uint8Array(memory).set(bytes);
		return { memory, length: bytes.length };
	}

	async #recordsFor(part: Part): Promise<Records> {
		const { source, path, settings, state } = part;
		const known = this.#last?.source === source ? this.#last.records : undefined;
		if (known !== undefined && state !== undefined && known.goTo(state)) return known;
		const { formats, framing } = this;
		const forced = formats.find(({ id }) => id === settings.forced);
		const { maxLine, options, written, input, year } = settings;
		const own = { formats, framing, forced, maxLine, options, written, input };
		const begun = state ?? { walk: (await survey(await openInput(path), { ...own, year })).walk };
		this.#kernel.forget();
		const records = new Records(
			this.#kernel,
			{ ...own, zone: this.#zone(settings.zone), selection: this.#selection(settings.selection), infer: inferringIn(part, inferring(own)) },
			begun,
		);
		this.#last = { source, records };
		return records;
	}

	#zone(name: string | undefined): Zone | undefined {
		const known = name === undefined ? undefined : (this.#zones.get(name) ?? readZone(name));
		if (name !== undefined && known !== undefined) this.#zones.set(name, known);
		return known;
	}

	#selection(paths: SelectionPaths | undefined): Selection | undefined {
		if (paths === undefined) return undefined;
		const key = JSON.stringify(paths);
		const known = this.#selections.get(key) ?? selectionOf(paths);
		this.#selections.set(key, known);
		return known;
	}
}

/** A sample goes on behind the end of a part, as it does in the whole input. */
const inferringIn =
	({ path, range }: Part, infer: Infer): Infer =>
	(format, sample, offset) => {
		if (range === undefined || sample.length >= SAMPLE) return infer(format, sample, offset);
		const descriptor = openSync(path, "r");
		try {
			const bytes = Buffer.alloc(SAMPLE);
			let length = 0;
			for (let read = -1; read !== 0 && length < SAMPLE; length += read)
				read = readSync(descriptor, bytes, length, SAMPLE - length, offset + length);
			return infer(format, bytes.subarray(0, length), offset);
		} finally {
			closeSync(descriptor);
		}
	};

async function* bytesOf({ path, range }: Part): AsyncGenerator<Uint8Array> {
	if (range === undefined) return yield* (await openInput(path)).chunks();
	const descriptor = openSync(path, "r");
	try {
		const block = Buffer.allocUnsafeSlow(BLOCK);
		for (let at = range.start; at < range.end; ) {
			const read = readSync(descriptor, block, 0, Math.min(BLOCK, range.end - at), at);
			if (read === 0) return;
			at += read;
			yield block.subarray(0, read);
		}
	} finally {
		closeSync(descriptor);
	}
}
