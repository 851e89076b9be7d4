/** What is wrong with packed data, behind all bytes that could be had of them. */
import { MailtrailError } from "../../errors.js";

/** `cut`: they end too early; `corrupt`: they are not what they should be; `unsupported`: nobody here can read them; `bomb`: see `unpacked`. */
export type DamageKind = "cut" | "corrupt" | "unsupported" | "bomb";

/** Thrown by those who unpack, behind the last bytes that are certain. */
export class Damage extends Error {
	constructor(
		readonly kind: DamageKind,
		readonly reason: string,
	) {
		super(reason);
	}
}

/** What is wrong: gives other errors back as they are. */
export const cut = (): Damage => new Damage("cut", "they end too early");
export const corrupt = (reason: string): Damage => new Damage("corrupt", reason);

const TOLD: Readonly<Record<DamageKind, (reason: string) => readonly [code: string, what: string, mend: string]>> = {
	cut: () => [
		"input.truncated",
		"the compressed data end too early, the file was cut",
		"What came before was read. Copy the file again, whole, to get the rest.",
	],
	corrupt: (reason) => [
		"input.corrupt",
		`the compressed data are damaged: ${reason}`,
		"What came before was read. Get an undamaged copy, or decompress it with a rescue tool and read the result.",
	],
	unsupported: (reason) => [
		"input.unsupported",
		`the compressed data cannot be read here: ${reason}`,
		"Decompress the file with the program that made it, and read the result.",
	],
	bomb: (reason) => [
		"input.bomb",
		`the compressed data were not read further: ${reason}`,
		"What came before was read. No log is packed so well; if this one is, decompress it first and read the result.",
	],
};

/** The error for users. `offset` counts the unpacked bytes that were given. */
export function damageError(name: string, { kind, reason }: Damage, offset: number): MailtrailError {
	const [code, what, mend] = TOLD[kind](reason);
	return new MailtrailError(code, 3, what, mend, { file: name === "-" ? "standard input" : name, offset });
}
