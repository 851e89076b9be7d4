/** AIX: what its syslogd writes in front of a record that it got from another host. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "forwarded",
	title: "AIX, forwarded record",
	grammar: "Forwarded",
	place: 13,
	within: ["relay"],
});

export default frame;
