/** A file of Docker's json-file driver: an object for each line that a container writes. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "docker-json",
	title: "Docker, json-file",
	grammar: "DockerJson",
	place: 20,
	carrier: "docker_json",
	escapes: "json",
	requires: ["carrier_stream", "day"],
	partBytes: 16384,
});

export default frame;
