/** Output of `docker compose logs` and `docker-compose logs`: the name of the container, blanks, a bar. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "compose",
	title: "Docker Compose, name of a container",
	grammar: "Compose",
	place: 110,
	carrier: "compose",
	isLoose: true,
});

export default frame;
