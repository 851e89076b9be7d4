/** A file of the container runtime of a Kubernetes node (containerd, CRI-O). */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "cri",
	title: "Kubernetes, file of a container (CRI)",
	grammar: "Cri",
	place: 30,
	carrier: "cri",
	mayBePartial: true,
});

export default frame;
