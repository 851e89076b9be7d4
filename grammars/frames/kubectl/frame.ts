/** Output of `kubectl logs --prefix` and of stern. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "kubectl",
	title: "kubectl, name of a pod",
	grammar: "Kubectl",
	place: 40,
	carrier: "kubectl",
});

export default frame;
