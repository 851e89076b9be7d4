/** The schema validator, loaded when something is validated: loading takes 30 ms, in which ten thousand records are read. */
import { createRequire } from "node:module";
import type { Ajv2020, Options } from "ajv/dist/2020.js";

const require = createRequire(import.meta.url);

export function newAjv(options: Options): Ajv2020 {
	const ajv = require("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
	return new ajv.Ajv2020(options);
}
