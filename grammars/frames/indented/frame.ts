/** Lines set off by blanks, as in a ticket. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "indented",
	title: "indented line",
	grammar: "Indented",
	place: 122,
	carrier: "indented",
	isLoose: true,
});

export default frame;
