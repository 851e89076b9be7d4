/** Where keys stand in an event: the order of its schema, which is that of the table in README.md. */
import { readShipped } from "../root.js";

/** As much of the schema as tells the order of keys. */
interface SchemaNode {
	readonly $ref?: string;
	readonly properties?: Readonly<Record<string, SchemaNode>>;
	readonly items?: SchemaNode;
	readonly $defs?: Readonly<Record<string, SchemaNode>>;
}

let known: ReadonlyMap<string, readonly string[]> | undefined;

/** Path of an object → its keys, in order; `""` is the event, elements of an array stand there without their index. */
export function schemaOrder(): ReadonlyMap<string, readonly string[]> {
	known ??= orderOf(readShipped<SchemaNode>("schemas/event.schema.json"));
	return known;
}

function orderOf(schema: SchemaNode): ReadonlyMap<string, readonly string[]> {
	const order = new Map<string, readonly string[]>();
	const visit = (path: string, { $ref, items, properties }: SchemaNode): void => {
		const target = $ref === undefined ? items : schema.$defs?.[$ref.replace("#/$defs/", "")];
		if (target !== undefined) visit(path, target);
		if (properties === undefined) return;
		order.set(path, Object.keys(properties));
		for (const [key, child] of Object.entries(properties)) visit(path === "" ? key : `${path}.${key}`, child);
	};
	visit("", schema);
	return order;
}
