/** Lines that grep, zgrep and their like found: the name of the file, the number of the line, or both. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "grep",
	title: "grep, file and line",
	grammar: "Grep",
	place: 120,
	carrier: "grep",
	isLoose: true,
});

export default frame;
