/** Output of `logcli query`, of Loki: the time, the labels, the line. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "logcli",
	title: "Loki, logcli",
	grammar: "Logcli",
	place: 61,
	carrier: "logcli",
});

export default frame;
