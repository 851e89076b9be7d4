/** What syslogd writes in place of equal lines that follow each other. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "last-repeated",
	title: "last message repeated",
	grammar: "LastRepeated",
	place: 15,
	within: ["relay", "program"],
	isEvent: true,
});

export default frame;
