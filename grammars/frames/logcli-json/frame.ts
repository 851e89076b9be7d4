/** Output of `logcli query -o jsonl`, of Loki. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "logcli-json",
	title: "Loki, logcli JSON",
	grammar: "LogcliJson",
	place: 26,
	carrier: "logcli",
	escapes: "json",
	requires: ["day"],
});

export default frame;
