/** The framings of a stream as the kernel knows them: frames and carriers, and those that formats have of their own. See src/kernel/frames.ts. */
import { MailtrailError } from "../errors.js";
import type { Format } from "../format/format.js";
import { FRAME_RULE, type Frame, type FrameReading, type Framing, ownRule } from "../format/frame.js";
import { type FrameCapture, frameSlot } from "../format/frame-captures.js";
import type { Kernel } from "./kernel.js";
import type { KernelExports } from "./kernel-exports.js";

/** A rule that reads frames, and the name of its grammar. */
export interface FramingRule {
	readonly grammar: string;
	readonly rule: string;
	/** Id of the frame, or of the format whose own it is. */
	readonly id: string;
	readonly title: string;
	readonly reading: FrameReading;
	/** Absent for one of a format. */
	readonly frame?: Frame;
	/** Index of the format whose own it is, -1 for none. */
	readonly owner: number;
}

/** In the order in which they are tried: frames that say so little of themselves that others go before come last. */
export function framingsOf(framing: Framing, formats: readonly Format[]): readonly FramingRule[] {
	const shared = framing.map((frame): FramingRule => {
		const { grammar, id, title } = frame.definition;
		return { grammar, rule: FRAME_RULE, id, title, reading: frame.definition, frame, owner: -1 };
	});
	const own = formats.flatMap(({ definition: { grammar, id, title, frames = [] } }, owner) =>
		frames.map((one): FramingRule => ({ grammar, rule: ownRule(one), id, title, reading: typeof one === "string" ? {} : one, owner })),
	);
	const isUnsure = ({ reading }: FramingRule): boolean => reading.isLoose === true || reading.namesProgram === true;
	return [...shared.filter((one) => !isUnsure(one)), ...own, ...shared.filter(isUnsure)];
}

/** Throws MailtrailError for more formats and frames than the kernel has room for. */
export function checkCounts(formats: number, framings: number, shared: number, { MOST_FORMATS, MOST_FRAMINGS }: KernelExports): void {
	const own = framings - shared;
	const most = Math.min(MOST_FORMATS.value, MOST_FRAMINGS.value - shared);
	if (formats <= MOST_FORMATS.value && own <= most) return;
	throw new MailtrailError(
		"formats.many",
		2,
		`${formats} formats with ${own} frames of their own are too many`,
		`There may be ${MOST_FORMATS.value} formats with ${most} frames: give fewer --formats-dir.`,
	);
}

/** Tells the kernel which slots it has to know. */
export function tellSlots(run: KernelExports): void {
	const slot = frameSlot;
	run.setSlots(slot("payload"), slot("content"), slot("program"));
	run.setFrameSlots(slot("payload"), slot("program"), bitsOf(["payload", "carrier_original", "carrier_bytes"]));
	run.setStampSlots(slot("year"));
	run.setCarrierSlots(
		slot("payload"),
		slot("program"),
		slot("year"),
		slot("month"),
		slot("carrier_epoch"),
		slot("carrier_original"),
		slot("carrier_bytes"),
	);
	run.setStreamSlots(
		slot("carrier_partial"),
		slot("carrier_container"),
		slot("carrier_stream"),
		slot("relayed"),
		slot("contained"),
		slot("month_1"),
	);
}

/** What the kernel is told of a framing in one number. */
function flagsOf({ reading }: FramingRule, run: KernelExports): number {
	const flag = (name: "prepared" | "carrier" | "loose" | "named" | "relayed" | "parts" | "event", is: boolean): number =>
		is ? run[`Flag.${name}`].value : 0;
	const escapes = reading.escapes === undefined || reading.escapes === "none" ? 0 : run[`Flag.${reading.escapes}`].value;
	const { carrier, isLoose = false, namesProgram = false, isEvent = false, within, requires = [] } = reading;
	const isPart = reading.partBytes !== undefined || reading.mayBePartial === true;
	// What has nothing of all that, as syslog, goes the short way.
	const isPlain = carrier === undefined && escapes === 0 && requires.length === 0 && reading.isPrepared !== true;
	return (
		flag("prepared", !isPlain) |
		flag("carrier", carrier !== undefined) |
		flag("loose", isLoose) |
		flag("named", namesProgram) |
		flag("relayed", within?.includes("relay") === true) |
		flag("parts", isPart) |
		flag("event", isEvent) |
		escapes
	);
}

/** A bit for each slot. */
const bitsOf = (captures: readonly FrameCapture[]): bigint => captures.reduce((bits, name) => bits | (1n << BigInt(frameSlot(name))), 0n);

/** Puts framings into the kernel, none of which is loaded yet. */
export function addFramings(kernel: Kernel, framings: readonly FramingRule[]): void {
	const { run } = kernel;
	for (const one of framings) {
		const { requires = [], partBytes = 0 } = one.reading;
		run.addFraming(run.UNLOADED.value, one.owner, flagsOf(one, run), bitsOf(requires), partBytes);
	}
	putLists(kernel, framings, run.BEGINNINGS.value, ({ reading: { within } }) => within === undefined || within.includes("relay"));
	putLists(kernel, framings, run.PROGRAM_BEGINNINGS.value, ({ reading: { within } }) => within?.includes("program") === true);
}

/** First bytes, and then no byte at all. */
const BYTES = 257;

/** Lists of those that may begin with each byte, in their order, each with -1 at its end. */
function putLists(kernel: Kernel, framings: readonly FramingRule[], heads: number, isMeant: (one: FramingRule) => boolean): void {
	const lists = Array.from({ length: BYTES }, (): number[] => []);
	framings.forEach((one, index) => {
		if (!isMeant(one)) return;
		for (let byte = 0; byte < BYTES; byte++) if (one.frame === undefined || one.frame.begins[byte] === 1) lists[byte]?.push(index);
	});
	lists.forEach((list, byte) => {
		kernel.words[heads / 4 + byte] = kernel.list([...list, -1]);
	});
}
