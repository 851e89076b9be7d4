/** A log that stands packed in `packed/`, by bzip2 1.0 (-1), xz 5 (blocks of 100 KiB), zstd 1.5, GNU tar 1.35 and Info-ZIP 3.0. */
import { readFileSync } from "node:fs";

export const packedFile = (name: string): Buffer => readFileSync(new URL(`packed/${name}`, import.meta.url));

/** What `mail.log.bz2`, `mail.log.xz` and `mail.log.zst` hold. */
export function packedLog(): Buffer {
	let seed = 7;
	const line = (_: unknown, i: number): string => {
		seed = (seed * 48271) % 2147483647;
		return `Nov 21 02:08:09 mx1 smtpf[27461]: #${seed % 1000} record ${i} ${seed % 7919}\n`;
	};
	return Buffer.from(Array.from({ length: 3000 }, line).join(""));
}
