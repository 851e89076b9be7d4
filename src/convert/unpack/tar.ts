/** tar → its files: the classic form, and those of POSIX (ustar, pax) and GNU. */
import { corrupt, cut, Damage } from "./damage.js";
import { type Entry, plainName, utf8Name } from "./entry.js";
import type { Pull } from "./pull.js";

const BLOCK = 512;
/** Long names and attributes stand in members of their own. */
const LONGEST_ATTRIBUTES = 1024 * 1024;

/** A block is the head of a member: its sum says so, which no text has by chance. */
export function isTarHead(block: Buffer): boolean {
	if (block.length < BLOCK || block[0] === 0) return false;
	let sum = 0;
	for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : (block[i] ?? 0);
	return octal(block, 148, 8) === sum;
}

/** What stands in front of a member, for it alone. */
interface Attributes {
	name?: string;
	size?: number;
	modified?: Date;
	isSparse?: boolean;
}

/** Gives the files of an archive, one after the other; the bytes of one can be read before the next one is asked for. */
export async function* tarEntries(input: Pull): AsyncGenerator<Entry> {
	let attributes: Attributes = {};
	while (await input.has(BLOCK)) {
		const head = Buffer.from(input.take(BLOCK));
		if (head[0] === 0 && head.every((byte) => byte === 0)) return await passEnd(input);
		if (!isTarHead(head)) throw corrupt("the head of a member of the archive is damaged");
		const kind = String.fromCharCode(head[156] ?? 0);
		const size = attributes.size ?? number(head, 124, 12);
		if (!Number.isSafeInteger(size) || size < 0) throw corrupt("a member of the archive has no size");
		if ("xgLK".includes(kind)) {
			const bytes = await attributeBytes(input, size);
			if (kind === "x") attributes = { ...attributes, ...paxAttributes(bytes) };
			if (kind === "L") attributes = { ...attributes, name: nameOf(bytes) };
			continue;
		}
		const name = plainName(attributes.name ?? headName(head));
		const modified = attributes.modified ?? new Date(number(head, 136, 12) * 1000);
		const isSparse = kind === "S" || attributes.isSparse === true;
		attributes = {};
		const body = new Body(input, size, isSparse);
		if ("\u00000\u0037S".includes(kind) && name !== "" && !name.endsWith("/"))
			yield { name, modified: Number.isNaN(modified.getTime()) ? undefined : modified, size, bytes: () => body.bytes() };
		// That it was cut is told by whoever reads it.
		if (!(await body.pass())) return;
	}
	throw cut();
}

class Body {
	#left: number;

	constructor(
		readonly input: Pull,
		readonly size: number,
		readonly isSparse: boolean,
	) {
		this.#left = size;
	}

	async *bytes(): AsyncGenerator<Buffer> {
		if (this.isSparse) throw new Damage("unsupported", "the member of the archive is a sparse file");
		while (this.#left > 0) {
			if (this.input.left === 0 && !(await this.input.has(1))) throw cut();
			const piece = this.input.take(this.#left);
			this.#left -= piece.length;
			yield piece;
		}
	}

	/** Passes what nobody has read; false when it was cut. */
	async pass(): Promise<boolean> {
		try {
			if (!(await passed(this.input, this.#left))) return false;
		} catch (error) {
			if (error instanceof Damage) return false;
			throw error;
		}
		this.#left = 0;
		await passed(this.input, (BLOCK - (this.size % BLOCK)) % BLOCK);
		return true;
	}
}

async function passed(input: Pull, count: number): Promise<boolean> {
	const pieces = input.pass(count);
	for (let next = await pieces.next(); ; next = await pieces.next()) if (next.done === true) return next.value;
}

/** Behind the end there are zeros; reading them proves that what is around the archive is whole, too. */
async function passEnd(input: Pull): Promise<void> {
	for await (const piece of input.rest())
		if (piece.some((byte) => byte !== 0)) throw corrupt("something else follows the end of the archive");
}

async function attributeBytes(input: Pull, size: number): Promise<Buffer> {
	const whole = Math.ceil(size / BLOCK) * BLOCK;
	if (size > LONGEST_ATTRIBUTES) throw corrupt("the attributes of a member of the archive are too long");
	if (!(await input.has(whole))) throw cut();
	return Buffer.from(input.take(whole).subarray(0, size));
}

/** Records `LENGTH KEY=VALUE\n`. */
function paxAttributes(bytes: Buffer): Attributes {
	const found: Attributes = {};
	for (let at = 0; at < bytes.length; ) {
		const blank = bytes.indexOf(0x20, at);
		const length = Number(bytes.toString("latin1", at, blank));
		if (blank < 0 || !Number.isInteger(length) || length < 5) throw corrupt("the attributes of a member of the archive are damaged");
		const equals = bytes.indexOf(0x3d, blank);
		const key = bytes.toString("latin1", blank + 1, equals);
		const value = bytes.subarray(equals + 1, at + length - 1);
		if (key === "path") found.name = nameOf(value);
		if (key === "size") found.size = Number(value.toString("latin1"));
		if (key === "mtime") found.modified = new Date(Number(value.toString("latin1")) * 1000);
		if (key.startsWith("GNU.sparse.")) found.isSparse = true;
		at += length;
	}
	return found;
}

/** POSIX cuts long names in two; GNU has other things in the place of the first part. */
function headName(head: Buffer): string {
	const name = nameOf(head.subarray(0, 100));
	const isPosix = head.toString("latin1", 257, 263) === "ustar\0";
	const prefix = isPosix ? nameOf(head.subarray(345, 500)) : "";
	return prefix === "" ? name : `${prefix}/${name}`;
}

function octal(block: Buffer, at: number, length: number): number {
	const text = block
		.toString("latin1", at, at + length)
		.replace(/\0.*$/s, "")
		.trim();
	return /^[0-7]*$/.test(text) ? Number.parseInt(text || "0", 8) : Number.NaN;
}

/** Octal digits, or, when they have no room, a binary number behind a set bit. */
function number(block: Buffer, at: number, length: number): number {
	const first = block[at] ?? 0;
	if ((first & 0x80) === 0) return octal(block, at, length);
	let value = first === 0xff ? -1 : first & 0x7f;
	for (let i = at + 1; i < at + length; i++) value = value * 256 + (block[i] ?? 0);
	return value;
}

/** Up to the first zero; names that are no UTF-8 are Latin-1. */
function nameOf(bytes: Buffer): string {
	const end = bytes.indexOf(0);
	const name = end < 0 ? bytes : bytes.subarray(0, end);
	return utf8Name(name) ?? name.toString("latin1");
}
