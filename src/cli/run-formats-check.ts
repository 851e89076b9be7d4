import { checkFormat } from "../author/check.js";
import type { Finding } from "../author/findings.js";
import { type LoadReaders, Workbench } from "../author/workbench.js";
import { formatPlace, markedExcerpt, type Place } from "../errors.js";
import { safeJson } from "../escapes.js";
import { type Colours, coloursOf } from "./colours.js";
import { paragraph, widthOf } from "./layout.js";
import { counted } from "./numbers.js";
import { tellOutdated } from "./outdated.js";
import { shownPath } from "./paths.js";
import { printable, printableLines } from "./printable.js";
import type { Call, ExitCode } from "./verb.js";

interface CheckValues {
	readonly isJson: boolean;
	readonly formatsDirs: readonly string[];
}

export async function runCheck({ args, options, terminal }: Call<CheckValues>, load?: LoadReaders): Promise<ExitCode> {
	const id = args[0] ?? "";
	const { findings, outdated } = await checkFormat(new Workbench(id, options.formatsDirs, load));
	await tellOutdated(outdated, terminal);
	const errors = findings.filter(({ severity }) => severity === "error").length;
	const hints = findings.length - errors;
	const text = options.isJson
		? `${safeJson({ format: id, errors, hints, findings: findings.map(asJson) }, "\t")}\n`
		: findings.map((one) => findingText(one, widthOf(terminal.stdout), coloursOf(terminal.stdout.hasColour))).join("");
	await terminal.stdout.write(text);
	await terminal.stderr.write(
		`mailtrail: ${printable(id)}: ${errors === 0 ? "no errors" : counted(errors, "error")}, ${counted(hints, "hint")}\n`,
	);
	return errors === 0 ? 0 : 1;
}

const asJson = ({ place, also, ...told }: Finding): object => ({
	...told,
	...shownPlace(place),
	...(also === undefined ? {} : { also: also.map(shownPlace) }),
});

const shownPlace = (place: Place): Place => ({ ...place, file: shownPath(place.file) });

/** Things of a list, and further places, that are shown; the JSON has all. */
const MOST_LISTED = 12;
const MOST_PLACES = 5;

function findingText(
	{ severity, what, why, mend, place, excerpt, list = [], also = [] }: Finding,
	width: number,
	{ bold, red, yellow }: Colours,
): string {
	const shown = list.slice(0, MOST_LISTED).join(", ");
	const more = list.length > MOST_LISTED ? `, and ${list.length - MOST_LISTED} more (--json lists all)` : "";
	const where = bold(printable(formatPlace(shownPlace(place))));
	const kind = severity === "error" ? red("error") : yellow("hint");
	return [
		`${where}: ${kind}: ${printable(what)}\n`,
		...(excerpt === undefined ? [] : [`${printableLines(markedExcerpt(excerpt, place))}\n`]),
		...[why, ...(shown === "" ? [] : [`${shown}${more}`]), mend]
			.filter((text) => text !== "")
			.map((text) => paragraph(printable(text), width, "  ")),
		...also.slice(0, MOST_PLACES).map((other) => `  also ${printable(formatPlace(shownPlace(other)))}\n`),
		...(also.length > MOST_PLACES ? [`  and ${counted(also.length - MOST_PLACES, "other place")}\n`] : []),
		"\n",
	].join("");
}
