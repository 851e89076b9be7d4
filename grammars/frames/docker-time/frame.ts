/** `docker logs -t`: the time at which the container wrote the line, to the nanosecond, in front of it. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "docker-time",
	title: "Docker, logs with times",
	grammar: "DockerTime",
	place: 60,
	carrier: "docker_time",
});

export default frame;
