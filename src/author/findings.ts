/** What a check has found, for the author of the format: what, where, why, and how to mend it. */
import { readFileSync } from "node:fs";
import type { MailtrailError, Place } from "../errors.js";
import { placeAt, placeInJson } from "../format/json-place.js";

export interface Finding {
	/** An error must be mended; a hint is for the author to judge. */
	readonly severity: "error" | "hint";
	/** Stable: `alternative.dead`. */
	readonly kind: string;
	/** One sentence without a full stop. */
	readonly what: string;
	/** Why that is so, or what it leads to; whole sentences, none where `what` says it all. */
	readonly why: string;
	readonly mend: string;
	readonly place: Place;
	/** The line that the place is in, where it helps to see it. */
	readonly excerpt?: string;
	/** All that the finding is about, when that is many things. */
	readonly list?: readonly string[];
	/** Where else the same was found. */
	readonly also?: readonly Place[];
}

/** What stops the compilation of a format, as a finding. */
export function refusal(error: MailtrailError, folder: string): Finding {
	const { code, what, mend, place, excerpt } = error;
	const told = { severity: "error", kind: code, what, why: "", mend, place: place ?? { file: folder } } as const;
	return excerpt === undefined ? told : { ...told, excerpt };
}

/** Gathers findings of one kind into one: the first, with the places of the others. */
export class Gathered {
	readonly #first = new Map<string, Finding>();
	readonly #others = new Map<string, Place[]>();

	add(finding: Finding): void {
		if (!this.#first.has(finding.kind)) this.#first.set(finding.kind, finding);
		else {
			const others = this.#others.get(finding.kind) ?? [];
			others.push(finding.place);
			this.#others.set(finding.kind, others);
		}
	}

	get findings(): Finding[] {
		return [...this.#first.values()].map((finding) => {
			const others = this.#others.get(finding.kind);
			return others === undefined ? finding : { ...finding, also: others };
		});
	}
}

/** Files are read once for all the places in them. */
export class Places {
	readonly #texts = new Map<string, string>();

	/** A JSON pointer in a file. */
	json(file: string, pointer: string): Place {
		return placeInJson(file, this.#text(file), pointer);
	}

	/** The first place where a name stands as a key, else where it stands as a word, else the beginning. */
	key(file: string, name: string): Place {
		const text = this.#text(file);
		const word = name.replace(/[^\w]/g, "\\$&");
		const at = [new RegExp(`(?<![\\w.])["']?${word}["']?\\s*:`), new RegExp(`(?<!\\w)${word}(?!\\w)`)].map((pattern) =>
			text.search(pattern),
		);
		return placeAt(file, text, Math.max(0, at.find((one) => one >= 0) ?? 0));
	}

	#text(file: string): string {
		const text = this.#texts.get(file) ?? readFileSync(file, "utf8");
		this.#texts.set(file, text);
		return text;
	}
}
