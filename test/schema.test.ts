import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { schemaTypes, TYPED_SCHEMAS, type VersionedSchema } from "./tools/schema-types.js";

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
	readonly $ref?: string;
	readonly $defs?: Readonly<Record<string, Node>>;
}

/** Each node of a schema with the path of keys that leads to it. */
function* nodes(node: Node, path: string): Generator<[string, Node]> {
	yield [path, node];
	for (const [key, child] of Object.entries(node.properties ?? {})) yield* nodes(child, `${path}/${key}`);
	for (const [key, child] of Object.entries(node.$defs ?? {})) yield* nodes(child, `${path}/$defs/${key}`);
	if (node.items !== undefined) yield* nodes(node.items, `${path}/*`);
}

const read = (path: string): Node & VersionedSchema => readJson(path);

describe("types are those of the schema (after a change of the schema: npm run types)", () => {
	test.each(TYPED_SCHEMAS)("$name", async (typed) => {
		await expect(await schemaTypes(read(typed.schema), typed)).toMatchFileSnapshot(`../${typed.types}`);
	});
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

describe.each(TYPED_SCHEMAS)("the schema of $name", ({ name, schema }) => {
	const all = [...nodes(read(schema), "")];

	test("describes each key", () => {
		const isTold = ([path, node]: [string, Node]): boolean =>
			node.description !== undefined || node.$ref !== undefined || path.endsWith("/*");
		expect(all.filter((one) => !isTold(one)).map(([path]) => path)).toEqual([]);
	});

	test("is closed but for `fields` of an event", () => {
		const open = all.filter(([, node]) => node.type === "object" && node.additionalProperties !== false).map(([path]) => path);
		expect(open).toEqual(name === "Event" ? ["/fields"] : []);
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
		expect(enums(readJson("schemas/catalog.schema.json"))).toContainEqual(read("schemas/event.schema.json").properties[key]?.enum);
	});
});
