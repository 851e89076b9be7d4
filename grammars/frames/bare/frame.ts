/** A line of a log that lost its stamp, or never had one: program and process id. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "bare",
	title: "program and process id",
	grammar: "Bare",
	place: 101,
	namesProgram: true,
});

export default frame;
