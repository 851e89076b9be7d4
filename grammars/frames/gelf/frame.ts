/** Graylog Extended Log Format: what Docker's gelf driver, rsyslog and others send to Graylog. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "gelf",
	title: "Graylog (GELF)",
	grammar: "Gelf",
	place: 22,
	carrier: "gelf",
	escapes: "json",
	requires: ["host", "carrier_epoch"],
});

export default frame;
