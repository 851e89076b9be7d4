/** The custody note of a conversion (schemas/manifest.schema.json), and what is checked against it. */
import { createHash } from "node:crypto";
import { MailtrailError } from "../errors.js";
import { readJsonFile } from "../format/json-file.js";

export interface Sum {
	readonly bytes: number;
	readonly sha256: string;
}

export interface ManifestInput {
	readonly file: string;
	readonly archive?: string;
	readonly modified?: string;
	readonly complete: boolean;
	readonly stored?: Sum;
	readonly content: Sum;
	readonly records: number;
	readonly unparsed: number;
	readonly first_time?: string;
	readonly last_time?: string;
	readonly year_basis?: string;
	readonly zone_basis?: string;
}

export interface Manifest {
	readonly manifest_version: "1.0.0";
	readonly mailtrail: string;
	readonly settings: Readonly<Record<string, unknown>>;
	readonly archives: readonly ({ readonly file: string; readonly modified: string } & Sum)[];
	readonly inputs: readonly ManifestInput[];
	readonly output: Sum & { readonly file?: string; readonly events: number };
}

/** Reads a manifest. Throws MailtrailError (exit 2, or 3 when it cannot be read). */
export async function readManifest(file: string): Promise<Manifest> {
	// The schema has the form of the type.
	return (await readJsonFile(file, { code: "manifest", noun: "manifest", option: "--manifest" })) as Manifest;
}

/** Adds up bytes that come block by block. */
export class Summing {
	readonly #hash = createHash("sha256");
	bytes = 0;
	lines = 0;

	add(block: Uint8Array): void {
		this.#hash.update(block);
		this.bytes += block.length;
	}

	/** The same, of events: they are counted, too. */
	addLines(block: Uint8Array): void {
		this.add(block);
		for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, at + 1)) this.lines++;
	}

	get sum(): Sum {
		return { bytes: this.bytes, sha256: this.#hash.copy().digest("hex") };
	}
}

/** Adds up all bytes of a stream. */
export async function sumOf(blocks: AsyncIterable<Uint8Array>): Promise<Sum> {
	const summing = new Summing();
	for await (const block of blocks) summing.add(block);
	return summing.sum;
}

/** How events differ from those that were written; undefined when they are the same. */
export interface Difference {
	readonly expected: string;
	readonly found: string;
}

export async function differenceOf({ output }: Manifest, events: AsyncIterable<Uint8Array>): Promise<Difference | undefined> {
	const summing = new Summing();
	for await (const block of events) summing.addLines(block);
	const { bytes, sha256 } = summing.sum;
	if (sha256 === output.sha256) return undefined;
	if (bytes !== output.bytes)
		return {
			expected: `the ${output.events} events (${output.bytes} bytes) that the manifest names`,
			found: `${summing.lines} (${bytes} bytes)`,
		};
	return { expected: `events with the SHA-256 ${output.sha256} that the manifest names`, found: `${sha256}: they were changed` };
}

/** The events are not those of the manifest. */
export const notTheEvents = (name: string, { expected, found }: Difference): MailtrailError =>
	new MailtrailError(
		"restore.manifest",
		1,
		`expected ${expected}, found ${found}`,
		"Use the events as convert wrote them, or write what is there with --force.",
		{ file: name },
	);

/** What was restored is not what was read. */
export const notTheContent = (name: string, file: string, expected: Sum, found: Sum): MailtrailError =>
	new MailtrailError(
		"restore.manifest",
		1,
		`${file} was restored with ${found.bytes} bytes and the SHA-256 ${found.sha256}, but the manifest names ${expected.bytes} and ${expected.sha256}`,
		"Convert it again with --unparsed keep, and keep every event.",
		{ file: name },
	);
