/** `frame.js` of the folder of a frame: loads it, and says where it is wrong. */
import { basename } from "node:path";
import { MailtrailError } from "../errors.js";
import { defaultOf } from "./definition.js";
import { frameFile } from "./folders.js";
import type { FrameDefinition } from "./frame.js";
import { FRAME_CAPTURES } from "./frame-captures.js";

/** Throws MailtrailError (exit 2) that names the file. */
export async function readFrame(folder: string): Promise<FrameDefinition> {
	const file = frameFile(folder);
	const refuse = (code: string, what: string, mend: string): never => {
		throw new MailtrailError(code, 2, what, mend, { file: file ?? folder });
	};
	if (file === undefined)
		return refuse("frame.missing", "this folder holds no frame", "A frame has frame.js and a grammar of the name of its folder.");
	const definition = await defaultOf<FrameDefinition>(file, folder);
	if (typeof definition?.id !== "string" || typeof definition.grammar !== "string" || typeof definition.place !== "number")
		return refuse(
			"frame.definition",
			"the file has no `export default defineFrame({ id, title, grammar, place, … })`",
			"See CONTRIBUTING.md.",
		);
	if (definition.id !== basename(folder))
		refuse("frame.id", `the frame calls itself "${definition.id}", its folder "${basename(folder)}"`, "Give both the same name.");
	const unknown = definition.requires?.find((name) => !FRAME_CAPTURES.includes(name));
	if (unknown !== undefined)
		refuse("frame.requires", `there is no capture "${unknown}" of frames`, `Those of frames are ${FRAME_CAPTURES.join(", ")}.`);
	return definition;
}
