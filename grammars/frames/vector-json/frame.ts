/** Events of Vector: of its sources syslog, file, docker_logs and kubernetes_logs. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "vector-json",
	title: "Vector, JSON",
	grammar: "VectorJson",
	place: 24,
	carrier: "vector_json",
	escapes: "json",
	requires: ["day"],
});

export default frame;
