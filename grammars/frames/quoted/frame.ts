/** Lines quoted in a mail or a ticket. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "quoted",
	title: "quoted line",
	grammar: "Quoted",
	place: 121,
	carrier: "quoted",
	isLoose: true,
});

export default frame;
