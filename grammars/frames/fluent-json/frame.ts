/** Records of Fluent Bit and Fluentd, as their outputs write them. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "fluent-json",
	title: "Fluentd, JSON",
	grammar: "FluentJson",
	place: 27,
	carrier: "fluent_json",
	escapes: "json",
	isLoose: true,
	isPrepared: true,
});

export default frame;
