/** What a relay passes on without a stamp: the host that wrote it, and the program. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "relayed",
	title: "syslog, second host",
	grammar: "Relayed",
	place: 102,
	within: ["relay"],
	namesProgram: true,
});

export default frame;
