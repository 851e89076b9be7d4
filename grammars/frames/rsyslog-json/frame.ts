/** Objects of rsyslog: its property jsonmesg, and templates with the usual names of properties. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "rsyslog-json",
	title: "rsyslog, JSON",
	grammar: "RsyslogJson",
	place: 23,
	carrier: "rsyslog_json",
	escapes: "json",
	requires: ["host", "program", "day"],
});

export default frame;
