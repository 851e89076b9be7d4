/** JSON files that a user names on the command line, checked against a schema that ships. */
import { readFile } from "node:fs/promises";
import { MailtrailError } from "../errors.js";
import { requireSchema } from "./ajv.js";
import { faultInJson } from "./json-place.js";

/** What a refusal calls the file, and where it was named. */
export interface JsonFile {
	/** First part of error codes, and name of the schema: `config`. */
	readonly code: string;
	/** What it is: `case`. */
	readonly noun: string;
	/** Option that named the file. */
	readonly option: string;
}

/** The value in the file; its shape is that of `schemas/<code>.schema.json`. Throws MailtrailError (exit 2, or 3 when it cannot be read). */
export async function readJsonFile(file: string, { code, noun, option }: JsonFile): Promise<unknown> {
	let text: string;
	try {
		text = await readFile(file, "utf8");
	} catch (error) {
		throw new MailtrailError(
			`${code}.missing`,
			3,
			`the ${noun} file cannot be read: ${reason(error)}`,
			`Check the path given to ${option}.`,
			{ file },
		);
	}
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		const fault = faultInJson(file, text, error);
		throw new MailtrailError(`${code}.json`, 2, `the ${noun} file is not JSON: ${fault.reason}`, "Repair the file.", fault.place);
	}
	requireSchema(value, `${code}.schema.json`, {
		code: `${code}.invalid`,
		whole: `the ${noun}`,
		mend: `See schemas/${code}.schema.json for what a ${noun} may say.`,
		file,
		text,
	});
	return value;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
