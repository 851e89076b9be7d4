/** How the options of logging programs are known in a stream: given, found in a sample, or not at all; and the switches they turn. */
import type { Format } from "../format/format.js";
import type { Kernel } from "./kernel.js";
import { type GivenOptions, type ProfileNote, switchesOf, withPreset } from "./options.js";

/** By id of the format, those that are decided. */
export type DecidedProfiles = readonly (readonly [format: string, note: ProfileNote])[];

/** Finds the options of a format in what follows its first record, which stands at this offset in the stream. */
export type Infer = (format: Format, sample: Buffer, offset: number) => ProfileNote;

export interface ProfileSettings {
	readonly formats: readonly Format[];
	/** Options of the logging program, by name. */
	readonly options?: GivenOptions | undefined;
	/** Without it no options are looked for. */
	readonly infer?: Infer | undefined;
}

export class Profiles {
	/** Of all formats that have options, by id. */
	readonly known: Map<string, ProfileNote>;
	/** Formats whose options are still to be inferred. */
	readonly #undecided = new Set<string>();

	/** Options that are given, or known by now, hold; others wait for the first record of their format. */
	constructor(
		readonly kernel: Kernel,
		readonly settings: ProfileSettings,
		decided: DecidedProfiles = [],
	) {
		const { formats, options = {}, infer } = settings;
		const isGiven = Object.keys(options).length > 0;
		this.known = new Map(decided);
		formats.forEach((format, index) => {
			const { profile } = format.definition;
			if (profile === undefined) return;
			const known = this.known.get(format.id);
			const isDecided = known !== undefined || isGiven || infer === undefined;
			this.known.set(format.id, known ?? { basis: isGiven ? "given" : "none", options: withPreset(profile, options) });
			if (isDecided) return;
			this.#undecided.add(format.id);
			kernel.run.setUndecided(index, 1);
		});
	}

	get decided(): DecidedProfiles {
		return [...this.known].filter(([format]) => !this.#undecided.has(format));
	}

	/** Lets a format be read with these options. */
	use(format: Format, note: ProfileNote): void {
		this.known.set(format.id, note);
		this.switch(format);
	}

	/** Turns the switches of a format as its options want it. */
	switch(format: Format): void {
		const { profile } = format.definition;
		const note = this.known.get(format.id);
		if (profile !== undefined) this.kernel.parser(format.parser).setSwitches(switchesOf(profile, note?.options ?? {}));
	}

	/** Decides the options of the format of the record at hand from a sample that begins with it. */
	infer(format: Format, sample: Buffer): void {
		const { run } = this.kernel;
		if (this.settings.infer === undefined) return;
		// Also when it fails: nobody tries that for each record anew.
		this.#undecided.delete(format.id);
		run.setUndecided(run.rules.value, 0);
		this.use(format, this.settings.infer(format, sample, run.offset()));
	}
}
