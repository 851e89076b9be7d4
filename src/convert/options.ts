/** Options of the logging program (`Profile` of a format): given by the user, or found in a sample of the stream. */
import { MailtrailError } from "../errors.js";
import type { Captured, Profile } from "../format/define.js";
import type { Format } from "../format/format.js";
import type { Kernel } from "./kernel.js";
import { matchAlone } from "./room.js";

/** How the options of a format's logging program are known, as it stands in `fields.log_profile`. */
export interface ProfileNote {
	readonly basis: "given" | "inferred" | "none";
	readonly options: Readonly<Record<string, string>>;
}

/** Payloads that an inference may look at. */
export const MOST_PAYLOADS = 1000;

/** Options by name; `preset` names a shipped set. */
export type GivenOptions = Readonly<Record<string, string>>;

/** Switch rules that are on for these options; what the format does not know belongs to another one (see `checkOptions`). */
export function switchesOf(profile: Profile, options: GivenOptions): string[] {
	return Object.entries(options).flatMap(([name, value]) => profile.options[name]?.switches(value) ?? []);
}

/** Throws MailtrailError for options, presets and values that no format knows. */
export function checkOptions(formats: readonly Format[], given: GivenOptions): void {
	const profiles = formats.flatMap(({ definition }) => definition.profile ?? []);
	for (const [name, value] of Object.entries(given)) {
		if (name === "preset") {
			if (profiles.some(({ presets }) => value in presets)) continue;
			const known = profiles.flatMap(({ presets }) => Object.keys(presets)).join(", ");
			throw new MailtrailError("option.preset", 2, `no format has a preset "${value}"`, `Presets: ${known}.`);
		}
		const having = profiles.flatMap(({ options }) => options[name] ?? []);
		if (having.some(({ switches }) => switches(value).length > 0)) continue;
		if (having[0] !== undefined)
			throw new MailtrailError(
				"option.value",
				2,
				`"${value}" is no value for ${name}`,
				`Write a number, as in the server's configuration. ${name}: ${having[0].title}.`,
			);
		const known = profiles.flatMap(({ options }) => Object.keys(options)).join(", ");
		throw new MailtrailError("option.unknown", 2, `no format has an option "${name}"`, `Options: ${known}.`);
	}
}

/** Replaces `preset` by the options it stands for; others given win over it. */
export function withPreset(profile: Profile, given: GivenOptions): GivenOptions {
	const { preset, ...own } = given;
	return { ...(preset === undefined ? {} : profile.presets[preset]), ...own };
}

/** Finds the options in payloads of one source and says how they are known; the kernel is one that nobody else works with. */
export function inferProfile(kernel: Kernel, format: Format, profile: Profile, payloads: readonly string[]): ProfileNote {
	const parser = kernel.parser(format.parser);
	const matches = (switches: readonly string[], payload: string): Captured | undefined => {
		parser.setSwitches(switches);
		return matchAlone(kernel, format, format.record, payload);
	};
	const options = profile.infer(payloads, matches);
	parser.setSwitches([]);
	return { basis: Object.keys(options).length === 0 ? "none" : "inferred", options };
}
