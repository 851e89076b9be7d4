/** Ids that tell a year, in lines that are looked at one by one. */
import type { Moment } from "../format/define.js";
import { Kernel } from "./kernel.js";
import { Records } from "./records.js";
import type { RouteSettings } from "./route.js";
import { UNKNOWN } from "./walk.js";

export class Ids {
	readonly #settings: RouteSettings;
	readonly #hasYears: boolean;
	/** Made when the first line is looked at. */
	#records: Records | undefined;

	constructor({ formats, framing, forced }: RouteSettings) {
		this.#settings = { formats, framing, forced };
		this.#hasYears = formats.some(({ tellsYears }) => tellsYears);
	}

	/** The date that a line holds in an id that is its own; undefined when it has none. */
	momentIn(line: Uint8Array): Moment | undefined {
		if (!this.#hasYears) return undefined;
		this.#records ??= new Records(Kernel.take(), { ...this.#settings, input: "", isReading: true }, { walk: UNKNOWN });
		this.#records.readOne(line);
		const { router, captures } = this.#records;
		const { format } = router;
		for (const slot of format?.yearSlots ?? []) {
			const at = captures.last(slot);
			if (at < 0) continue;
			const text = captures.textAt(at);
			for (const field of format?.fields[slot] ?? []) {
				const moment = field.kind === "year" ? field.from(text) : undefined;
				if (moment !== undefined) return moment;
			}
		}
		return undefined;
	}

	close(): void {
		this.#records?.kernel.giveBack();
	}
}
