/** A file in an archive. */
export interface Entry {
	/** As the archive has it, without `./` in front. */
	readonly name: string;
	readonly modified: Date | undefined;
	/** Its bytes, as the archive tells it. */
	readonly size: number;
	/** Good once, before the next entry is asked for. Throws Damage behind all bytes that could be had. */
	bytes(): AsyncGenerator<Buffer>;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** The text of a name; undefined when it is no UTF-8. */
export function utf8Name(bytes: Buffer): string | undefined {
	try {
		return UTF8.decode(bytes);
	} catch {
		return undefined;
	}
}

/** Without what leads to the folder that was packed. */
export const plainName = (name: string): string => name.replace(/^(?:\.?\/+)+/, "");
