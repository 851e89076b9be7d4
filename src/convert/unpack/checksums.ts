/** Checksums of packed data: each goes on from what it was before. */

/** Table of a checksum of 32 bits whose lowest bit comes first, as in gzip, zip and xz. */
const reflected = (polynomial: number): Uint32Array =>
	Uint32Array.from({ length: 256 }, (_, byte) => {
		let value = byte;
		for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? polynomial : 0);
		return value >>> 0;
	});

const CRC32 = reflected(0xedb88320);

export function crc32(before: number, bytes: Uint8Array): number {
	let crc = ~before;
	for (const byte of bytes) crc = (crc >>> 8) ^ (CRC32[(crc ^ byte) & 0xff] ?? 0);
	return ~crc >>> 0;
}

const BZIP2 = Uint32Array.from({ length: 256 }, (_, byte) => {
	let value = byte << 24;
	for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
	return value >>> 0;
});

/** The same polynomial, the highest bit first. */
export function bzip2Crc(before: number, bytes: Uint8Array): number {
	let crc = ~before;
	for (const byte of bytes) crc = (crc << 8) ^ (BZIP2[(crc >>> 24) ^ byte] ?? 0);
	return ~crc >>> 0;
}

/** Halves of the table of CRC-64 (ECMA-182), the lower ones first. */
const CRC64 = (() => {
	const halves = new Uint32Array(512);
	for (let byte = 0; byte < 256; byte++) {
		let value = BigInt(byte);
		for (let bit = 0; bit < 8; bit++) value = (value >> 1n) ^ (value & 1n ? 0xc96c5795d7870f42n : 0n);
		halves[byte] = Number(value & 0xffffffffn);
		halves[256 + byte] = Number(value >> 32n);
	}
	return halves;
})();

/** CRC-64 as xz has it by default. */
export class Crc64 {
	#low = 0xffffffff;
	#high = 0xffffffff;

	update(bytes: Uint8Array): void {
		let [low, high] = [this.#low, this.#high];
		for (const byte of bytes) {
			const at = (low ^ byte) & 0xff;
			low = ((low >>> 8) | (high << 24)) ^ (CRC64[at] ?? 0);
			high = (high >>> 8) ^ (CRC64[256 + at] ?? 0);
		}
		[this.#low, this.#high] = [low, high];
	}

	digest(): Buffer {
		const bytes = Buffer.alloc(8);
		bytes.writeUInt32LE(~this.#low >>> 0, 0);
		bytes.writeUInt32LE(~this.#high >>> 0, 4);
		return bytes;
	}
}
