/** Options of the logging program (`Profile` of a format): given by the user, or found in a sample of the stream. */
import { MailtrailError } from "../errors.js";
import type { Captured, Profile } from "../format/define.js";
import type { Format } from "../format/format.js";
import type { ProfileNote } from "./assemble.js";
import { matchText } from "./read.js";

/** Payloads that an inference may look at. */
export const MOST_PAYLOADS = 1000;

/** Options by name; `preset` names a shipped set. */
export type GivenOptions = Readonly<Record<string, string>>;

/** Switch rules that are on for these options. Throws MailtrailError for unknown names. */
export function switchesOf(format: Format, profile: Profile, options: GivenOptions): string[] {
	return Object.entries(options).flatMap(([name, value]) => {
		const option = profile.options[name];
		if (option !== undefined) return option.switches(value);
		const known = Object.keys(profile.options).join(", ");
		throw new MailtrailError("option.unknown", 2, `the format ${format.id} has no option "${name}"`, `Options: ${known}.`);
	});
}

/** Replaces `preset` by the options it stands for; others given win over it. */
export function withPreset(format: Format, profile: Profile, given: GivenOptions): GivenOptions {
	const { preset, ...own } = given;
	if (preset === undefined) return own;
	const named = profile.presets[preset];
	if (named === undefined)
		throw new MailtrailError(
			"option.preset",
			2,
			`the format ${format.id} has no preset "${preset}"`,
			`Presets: ${Object.keys(profile.presets).join(", ")}.`,
		);
	return { ...named, ...own };
}

/** Finds the options in payloads of one source and says how they are known. */
export function inferProfile(format: Format, profile: Profile, payloads: readonly string[]): ProfileNote {
	const matches = (switches: readonly string[], payload: string): Captured | undefined => {
		format.parser.setSwitches(switches);
		return matchText(format, format.record, payload);
	};
	const options = profile.infer(payloads, matches);
	format.parser.setSwitches([]);
	return { basis: Object.keys(options).length === 0 ? "none" : "inferred", options };
}
