/** What the schema says of the places in an event: the order of keys, which is that of the table in README.md, and where only numbers may stand. */
import { readShipped } from "../root.js";

/** As much of the schema as tells that. */
interface SchemaNode {
	readonly $ref?: string;
	readonly type?: string;
	readonly minimum?: number;
	readonly properties?: Readonly<Record<string, SchemaNode>>;
	readonly items?: SchemaNode;
	readonly $defs?: Readonly<Record<string, SchemaNode>>;
}

/** A number, and nothing else, that is not below the minimum. */
export interface NumberPlace {
	readonly kind: "integer" | "number";
	readonly minimum: number | undefined;
}

interface Places {
	readonly order: ReadonlyMap<string, readonly string[]>;
	readonly numbers: ReadonlyMap<string, NumberPlace>;
}

let known: Places | undefined;

const places = (): Places => {
	known ??= placesOf(readShipped<SchemaNode>("schemas/event.schema.json"));
	return known;
};

/** Path of an object → its keys, in order; `""` is the event, elements of an array stand there without their index. */
export const schemaOrder = (): ReadonlyMap<string, readonly string[]> => places().order;

/** What the schema says of a place like `envelope.to.0.address`, when only numbers may stand there. */
export const numberPlace = (path: string): NumberPlace | undefined => places().numbers.get(path.replace(/\.\d+(?=\.|$)/g, ""));

function placesOf(schema: SchemaNode): Places {
	const order = new Map<string, readonly string[]>();
	const numbers = new Map<string, NumberPlace>();
	const visit = (path: string, { $ref, type, minimum, items, properties }: SchemaNode): void => {
		const target = $ref === undefined ? items : schema.$defs?.[$ref.replace("#/$defs/", "")];
		if (target !== undefined) visit(path, target);
		if (type === "integer" || type === "number") numbers.set(path, { kind: type, minimum });
		if (properties === undefined) return;
		order.set(path, Object.keys(properties));
		for (const [key, child] of Object.entries(properties)) visit(path === "" ? key : `${path}.${key}`, child);
	};
	visit("", schema);
	return { order, numbers };
}
