/** Records through the pipeline one by one: as bytes, by the kernel, or as text. */

import { Assembler } from "../../src/convert/assemble.js";
import { Clock, type ClockOptions } from "../../src/convert/clock.js";
import { Kernel } from "../../src/convert/kernel.js";
import { Output } from "../../src/convert/output.js";
import { Reader } from "../../src/convert/read.js";
import { Reading } from "../../src/convert/reading.js";
import { writeEvent } from "../../src/convert/serialize.js";
import type { Format } from "../../src/format/format.js";
import type { Formats } from "../corpus/formats.js";

/** Where a record stands in its stream. */
export type Place = Pick<Reading, "offset" | "line" | "lines" | "eol">;

const FIRST: Place = { offset: 0, line: 1, lines: 1, eol: "\n" };

export interface Known extends Formats {
	/** Bare lines are records of this format. */
	readonly forced?: Format;
}

export interface Way {
	/** The event of a record, as a line of NDJSON. */
	write(record: string, isText: boolean, place?: Place): string;
	readonly kernel: Kernel;
	/** The record that was written last. */
	readonly reading: Reading;
	/** Of the records so far, those that the kernel has written alone. */
	readonly byKernel: number;
	end(): void;
}

/** A stream of records; what is remembered of one is there for the next, as in `convert`. */
export function way({ formats, framing, forced }: Known, options: ClockOptions = { year: 2026 }): Way {
	const kernel = Kernel.take();
	const reader = new Reader(formats, framing, { kernel, forced });
	const assembler = new Assembler("log", new Clock(options), kernel);
	const reading = new Reading(kernel);
	const out = new Output(kernel);
	const put = out.put.bind(out);
	let written = 0;
	let asText = 0;
	out.put = (text) => {
		asText++;
		put(text);
	};
	return {
		kernel,
		reading,
		write(record, isText, place = FIRST) {
			const end = kernel.at.INPUT + kernel.bytes.write(record, kernel.at.INPUT, "latin1");
			Object.assign(reading, place);
			reading.begin(kernel.bytes, kernel.at.INPUT, end, false);
			if (isText) reading.useText();
			writeEvent(reading, assembler.assemble(reading, reader.read(reading)), "log", out);
			written++;
			return out.take(true).toString();
		},
		get byKernel() {
			return written - asText;
		},
		end: () => kernel.giveBack(),
	};
}

/** The events of records, all read as text, or all as bytes where they are ASCII. */
export function eventsOf(known: Known, records: readonly string[], isText: boolean, options?: ClockOptions): readonly string[] {
	const stream = way(known, options);
	try {
		return records.map((record) => stream.write(record, isText));
	} finally {
		stream.end();
	}
}
