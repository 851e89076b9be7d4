import type { ErrorObject } from "ajv/dist/2020.js";

/** What is wrong with a value: where it stands, what should stand there, what does. */
export interface Mismatch {
	/** JSON pointer; empty for the whole. */
	readonly pointer: string;
	/** Reads after the word "expected". */
	readonly expected: string;
	/** JSON of the value, shortened; absent when there is none. */
	readonly found?: string;
}

const MAX_FOUND = 120;
const MAX_WORDS = 12;

/** The parts of a schema that tell a person what a value is for. */
interface Described {
	readonly [keyword: string]: unknown;
	readonly description?: string;
	readonly properties?: Readonly<Record<string, unknown>>;
}

/** How an error of Ajv (in verbose mode) reads, by the keyword of the schema that was not met. */
const READINGS: Readonly<Record<string, (error: ErrorObject, schema: Described) => string>> = {
	type: (error) => article(words(error.schema).join(" or ")),
	const: (error) => quoted(error.schema),
	enum: (error) => `one of ${list(words(error.schema).map((word) => JSON.stringify(word)))}`,
	pattern: (error, { description }) => `text like ${quoted(error.schema)}${description === undefined ? "" : ` (${description})`}`,
	minimum: (error) => `a number of at least ${error.schema}`,
	maximum: (error) => `a number of at most ${error.schema}`,
	minLength: (error) => `at least ${error.schema} character(s)`,
	required: (_, { description }) => `this key to be present${description === undefined ? "" : ` in: ${description}`}`,
	additionalProperties: (_, { properties }) => `no key of this name; known here are ${list(Object.keys(properties ?? {}))}`,
};

/** The mismatch that an error of Ajv reports; needs `verbose`, which adds the schema and the value to it. */
export function mismatch(error: ErrorObject): Mismatch {
	const schema: Described = error.parentSchema ?? {};
	const expected = READINGS[error.keyword]?.(error, schema) ?? error.message ?? error.keyword;
	// These two speak of a key, but Ajv points to the object around it.
	if (error.keyword === "required") return { pointer: below(error.instancePath, error.params.missingProperty), expected };
	if (error.keyword !== "additionalProperties") return { pointer: error.instancePath, expected, found: quoted(error.data) };
	const key = String(error.params.additionalProperty);
	const value: unknown = typeof error.data === "object" && error.data !== null ? Reflect.get(error.data, key) : undefined;
	return { pointer: below(error.instancePath, key), expected, found: quoted(value) };
}

/** A value as JSON, at most as long as a line of a terminal or two. */
export function quoted(value: unknown): string {
	// Cut first: a value can be as long as the line, and only its beginning is shown.
	const json = written(typeof value === "string" ? value.slice(0, MAX_FOUND) : value);
	const isWhole = json.length <= MAX_FOUND && !(typeof value === "string" && value.length > MAX_FOUND);
	return isWhole ? json : `${json.slice(0, MAX_FOUND - 1)}…`;
}

function written(value: unknown): string {
	try {
		return JSON.stringify(value) ?? "nothing";
	} catch {
		// JSON is read however deep it is, but not written.
		return "a value that is nested too deep to be shown";
	}
}

const below = (pointer: string, key: string): string => `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;

const words = (schema: unknown): readonly string[] => (Array.isArray(schema) ? schema.map(String) : [String(schema)]);

const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

const list = (all: readonly string[]): string =>
	all.length <= MAX_WORDS ? all.join(", ") : `${all.slice(0, MAX_WORDS).join(", ")} … (${all.length} in all)`;
