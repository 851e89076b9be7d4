import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { type EventSchema, eventTypes } from "./tools/event-types.js";

const SCHEMAS = readdirSync("schemas").filter((name) => name.endsWith(".schema.json"));

/** JSON from the tree; the shape is the caller's claim, as where any data enters. */
const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;

interface Node {
	readonly type?: string;
	readonly description?: string;
	readonly additionalProperties?: boolean | Node;
	readonly properties?: Readonly<Record<string, Node>>;
	readonly items?: Node;
	readonly enum?: readonly string[];
	readonly const?: string;
}

/** Each node of a schema with the path of keys that leads to it. */
function* nodes(node: Node, path: string): Generator<[string, Node]> {
	yield [path, node];
	for (const [key, child] of Object.entries(node.properties ?? {})) yield* nodes(child, `${path}/${key}`);
	if (node.items !== undefined) yield* nodes(node.items, `${path}/*`);
}

const event = readJson<Node & EventSchema>("schemas/event.schema.json");

test("types of the events are those of the schema (after a change of the schema: npm run types)", async () => {
	await expect(await eventTypes(event)).toMatchFileSnapshot("../src/format/event.ts");
});

describe("every schema", () => {
	test.each(SCHEMAS)("%s is valid JSON Schema 2020-12", (name) => {
		const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
		expect(() => ajv.compile(readJson<object>(`schemas/${name}`))).not.toThrow();
	});

	test.each(SCHEMAS)("%s names itself in $id", (name) => {
		expect(readJson<{ $id: string }>(`schemas/${name}`).$id).toMatch(new RegExp(`/${name.replaceAll(".", "\\.")}$`));
	});
});

describe("the event schema", () => {
	const all = [...nodes(event, "")];

	test("describes each key", () => {
		expect(all.filter(([path, node]) => node.description === undefined && !path.endsWith("/*")).map(([path]) => path)).toEqual([]);
	});

	test("is closed but for `fields`", () => {
		const open = all.filter(([, node]) => node.type === "object" && node.additionalProperties !== false).map(([path]) => path);
		expect(open).toEqual(["/fields"]);
	});

	test("has snake_case keys", () => {
		const keys = all.flatMap(([, node]) => Object.keys(node.properties ?? {}));
		expect(keys.filter((key) => !/^[a-z]+(_[a-z]+)*$/.test(key))).toEqual([]);
	});
});

describe("the catalog schema", () => {
	/** Every list of words in a schema, wherever it stands. */
	const enums = (value: unknown): readonly (readonly unknown[])[] => {
		if (typeof value !== "object" || value === null) return [];
		const own = "enum" in value && Array.isArray(value.enum) ? [value.enum] : [];
		return [...own, ...Object.values(value).flatMap(enums)];
	};

	test.each(["action", "outcome", "level"])("knows the same words for `%s` as the event", (key) => {
		expect(enums(readJson("schemas/catalog.schema.json"))).toContainEqual(event.properties[key]?.enum);
	});
});
