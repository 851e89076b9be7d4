/** Captures that all parsers share: what frames and carriers tell, and what the engine reads itself. */

/**
 * Names that the engine reads itself. `payload` is what a frame carries, `content` what templates match.
 *
 * Carriers have more of them: `carrier_epoch` is a time in seconds or a power of a thousandth
 * of them since 1970, by its digits; `carrier_original` a text that wins over the payload, `carrier_bytes` one whose bytes stand there as
 * numbers; `carrier_partial` says that the text goes on; `carrier_program` and `carrier_pid` are a program and its process id that count when nothing better tells them. `relayed` and
 * `contained` are payloads in which another frame may stand: of a relay, of a program that runs containers. `month_1` to `month_12` are
 * months in whatever language; `repeat` says how often a record stands for itself.
 */
export const FRAME_CAPTURES = [
	"payload",
	"content",
	"host",
	"program",
	"pid",
	"priority",
	"severity",
	"year",
	"month",
	"day",
	"hour",
	"minute",
	"second",
	"fraction",
	"zone",
	"carrier_epoch",
	"carrier_original",
	"carrier_bytes",
	"carrier_partial",
	"carrier_program",
	"carrier_pid",
	"carrier_unit",
	"carrier_namespace",
	"carrier_pod",
	"carrier_container",
	"carrier_stream",
	"carrier_tag",
	"carrier_file",
	"carrier_line",
	"relayed",
	"contained",
	"repeat",
	"month_1",
	"month_2",
	"month_3",
	"month_4",
	"month_5",
	"month_6",
	"month_7",
	"month_8",
	"month_9",
	"month_10",
	"month_11",
	"month_12",
] as const;

export type FrameCapture = (typeof FRAME_CAPTURES)[number];

/** Slot of a frame capture: the same in every parser. */
export const frameSlot = (name: FrameCapture): number => FRAME_CAPTURES.indexOf(name);
