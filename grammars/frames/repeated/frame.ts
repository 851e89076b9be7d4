/** What rsyslog makes of equal lines that follow each other. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "repeated",
	title: "message repeated",
	grammar: "Repeated",
	place: 14,
	within: ["program"],
});

export default frame;
