/**
 * Members of archives by their names. An archive is read from front to back, so that of many members, read one after the other, each is
 * found behind the one before it: a reader that is done with one waits there for the next.
 */
import { statSync } from "node:fs";
import { MailtrailError } from "../../errors.js";
import { Damage, damageError } from "./damage.js";
import { type Leaf, leavesOf } from "./leaves.js";

/** What is known of a member without reading it. */
export interface Member {
	readonly modified: Date | undefined;
	/** Bytes as they are stored. */
	readonly size: number;
}

export interface Listing {
	readonly members: ReadonlyMap<string, Member>;
	/** What is wrong with the archive behind these members. */
	readonly damage: MailtrailError | undefined;
}

/** What stands between an archive and its member. */
export const WITHIN = "!";

const listings = new Map<string, { readonly version: string; readonly listing: Promise<Listing> }>();

/** What is in an archive; it is read for that, the first time that somebody asks. */
export function listingOf(archive: string): Promise<Listing> {
	const { size, mtimeMs } = statSync(archive);
	const version = `${size} ${mtimeMs}`;
	const known = listings.get(archive);
	if (known?.version === version) return known.listing;
	const listing = listed(archive);
	listings.set(archive, { version, listing });
	return listing;
}

async function listed(archive: string): Promise<Listing> {
	const members = new Map<string, Member>();
	try {
		for await (const { name, modified, size } of leavesOf(archive)) members.set(name, { modified, size });
		return { members, damage: undefined };
	} catch (error) {
		if (!(error instanceof Damage)) throw error;
		return { members, damage: archiveError(archive, error) };
	}
}

function archiveError(archive: string, damage: Damage): MailtrailError {
	const { code, exit, what, mend } = damageError(archive, damage, 0);
	return new MailtrailError(code, exit, what, mend, { file: archive });
}

/** A reader of an archive, and what it has passed. */
class Reader {
	readonly #leaves: AsyncGenerator<Leaf>;
	readonly passed = new Set<string>();

	constructor(archive: string) {
		this.#leaves = leavesOf(archive);
	}

	/** The next leaf of a name; undefined: there is none behind what was passed. */
	async find(name: string): Promise<Leaf | undefined> {
		for (let next = await this.#leaves.next(); next.done !== true; next = await this.#leaves.next()) {
			this.passed.add(next.value.name);
			if (next.value.name === name) return next.value;
		}
		return undefined;
	}

	async close(): Promise<void> {
		await this.#leaves.return(undefined);
	}
}

/** Of each archive, readers that wait; more than two have little to do: one looks ahead at members, one reads them. */
const waiting = new Map<string, Reader[]>();
const MOST_WAITING = 2;

/** The bytes of a member as they are stored; they can be asked for more than once. Throws Damage behind all that could be had. */
export async function* memberBlocks(archive: string, name: string): AsyncGenerator<Buffer> {
	const readers = waiting.get(archive) ?? [];
	waiting.set(archive, readers);
	const usable = readers.filter(({ passed }) => !passed.has(name)).sort((a, b) => b.passed.size - a.passed.size);
	const reader = usable[0] ?? new Reader(archive);
	if (usable[0] !== undefined) readers.splice(readers.indexOf(reader), 1);
	let isUsable = false;
	try {
		const leaf = await reader.find(name);
		if (leaf === undefined) throw noMember(archive, name, []);
		yield* leaf.stored();
		isUsable = true;
	} finally {
		if (isUsable && readers.length < MOST_WAITING) readers.push(reader);
		else await reader.close();
	}
}

/** Names of members that an error shows. */
const MOST_SHOWN = 3;

export function noMember(archive: string, name: string, members: readonly string[]): MailtrailError {
	const shown = members.slice(0, MOST_SHOWN).join(", ");
	const more = members.length > MOST_SHOWN ? `, and ${members.length - MOST_SHOWN} more` : "";
	return new MailtrailError(
		"input.missing",
		3,
		`there is no ${name} in the archive`,
		members.length === 0 ? "It holds no files." : `It holds ${shown}${more}.`,
		{ file: archive },
	);
}
