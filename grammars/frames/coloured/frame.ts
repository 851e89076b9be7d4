/** Lines with the escape sequences of a terminal, as tools write them that colour names and matches. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "coloured",
	title: "colours of a terminal",
	grammar: "Coloured",
	place: 123,
	carrier: "coloured",
	escapes: "terminal",
	isLoose: true,
});

export default frame;
