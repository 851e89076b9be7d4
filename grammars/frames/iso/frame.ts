/** Syslog with an ISO 8601 stamp that lacks the host, has a comma in front of its fraction, or is followed by a level. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "iso",
	title: "syslog, ISO 8601 stamp",
	grammar: "Iso",
	place: 12,
});

export default frame;
