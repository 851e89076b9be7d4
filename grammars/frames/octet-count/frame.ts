/** Syslog over TCP with the length of each record in front of it (RFC 6587). */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "octet-count",
	title: "syslog, octet count",
	grammar: "OctetCount",
	place: 103,
	carrier: "octet_count",
	isLoose: true,
});

export default frame;
