/** Syslog whose stamps have months of other languages, as journalctl writes them, or another order of the date. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "dates",
	title: "syslog, other dates",
	grammar: "Dates",
	place: 10,
	isPrepared: true,
});

export default frame;
