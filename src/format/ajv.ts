/** The schema validator, loaded when something is validated: loading takes 30 ms, in which ten thousand records are read. */
import { createRequire } from "node:module";
import type { Ajv2020, Options, ValidateFunction } from "ajv/dist/2020.js";
import { MailtrailError } from "../errors.js";
import { readShipped } from "../root.js";
import { placeInJson } from "./json-place.js";

export function newAjv(options: Options): Ajv2020 {
	const require = createRequire(import.meta.url);
	const ajv = require("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
	return new ajv.Ajv2020(options);
}

/** What a refusal says of a value: its stable code, its name, how to mend it, and the file it is from, with its text. */
interface Refusal {
	readonly code: string;
	readonly whole: string;
	readonly mend: string;
	readonly file: string;
	readonly text: string;
}

const validators = new Map<string, ValidateFunction>();

/** Checks data from a user against a shipped schema. Throws MailtrailError (exit 2) with the place and the JSON pointer of the first fault. */
export function requireSchema(value: unknown, schema: string, { code, whole, mend, file, text }: Refusal): void {
	const validate = validators.get(schema) ?? newAjv({ allowUnionTypes: true }).compile(readShipped<object>(`schemas/${schema}`));
	validators.set(schema, validate);
	if (validate(value)) return;
	const error = validate.errors?.[0];
	const extra: unknown = error?.params.additionalProperty;
	const key = typeof extra === "string" ? ` ("${extra}")` : "";
	// The place of a key that should not be there is more than that of the object around it.
	const pointer = `${error?.instancePath ?? ""}${typeof extra === "string" ? `/${extra.replaceAll("~", "~0").replaceAll("/", "~1")}` : ""}`;
	const what = `${error?.instancePath || whole} ${error?.message ?? "is invalid"}${key}`;
	throw new MailtrailError(code, 2, what, mend, placeInJson(file, text, pointer));
}
