import { compile } from "json-schema-to-typescript";

/** A schema whose types are generated. */
export interface TypedSchema {
	/** File in `schemas/`, and the file that is generated, from the root of the tree. */
	readonly schema: string;
	readonly types: string;
	/** Name of the type of the whole. */
	readonly name: string;
	/** What stands above the types. */
	readonly about: string;
	/** Names for the parts that code speaks of often. */
	readonly parts: Readonly<Record<string, string>>;
	/** Name for the version of the schema. */
	readonly version: string;
}

export const TYPED_SCHEMAS: readonly TypedSchema[] = [
	{
		schema: "schemas/event.schema.json",
		types: "src/format/event.ts",
		name: "Event",
		about: "One record of a log as a typed event, its parts by name, and the version of the schema they follow.",
		parts: {
			...Object.fromEntries(
				Object.entries({
					TimeBasis: "time_basis",
					Level: "level",
					Action: "action",
					Outcome: "outcome",
					Envelope: "envelope",
					Peer: "client",
					Carrier: "carrier",
					Source: "source",
				}).map(([name, key]) => [name, `NonNullable<Event["${key}"]>`]),
			),
			WholeEvent:
				'Event & { raw: string; source: Source & Required<Pick<Source, "file" | "line" | "offset" | "length">>; time_basis?: Required<TimeBasis> }',
		},
		version: "SCHEMA_VERSION",
	},
	{
		schema: "schemas/trail.schema.json",
		types: "src/correlate/trail.ts",
		name: "Trail",
		about: "All that is known of one mail, its parts by name, and the version of the schema they follow.",
		parts: {
			TrailHop: 'Trail["hops"][number]',
			TrailLink: 'Trail["links"][number]',
			LinkKind: 'TrailLink["kind"]',
			TrailCandidate: 'Trail["candidates"][number]',
			ClockOffset: 'Trail["clock_offsets"][number]',
			TrailAssumption: 'NonNullable<Trail["assumed"]>[number]',
		},
		version: "TRAIL_SCHEMA_VERSION",
	},
];

/** The TypeScript source of the types of a schema (as parsed JSON). */
export async function schemaTypes(schema: VersionedSchema, { schema: file, name, about, parts, version }: TypedSchema): Promise<string> {
	const types = await compile(structuredClone(schema), name, {
		bannerComment: `// Generated from ${file} by \`npm run types\`; do not edit. A test fails when it is stale.\n/** ${about} */`,
		style: { useTabs: true, printWidth: 140 },
		// Tuples of every length for lists of at least one element would be of no use.
		ignoreMinAndMaxItems: true,
	});
	const names = Object.entries(parts).map(([part, type]) => `export type ${part} = ${type};`);
	const { const: only, enum: all = [only] } = schema.properties.schema_version;
	const own = `/** Version of the schema that these types follow. */\nexport const ${version} = ${JSON.stringify(all.at(-1))};\n`;
	const older = `/** This version, and those before it that are still valid by the schema. */\nexport const ${version}S: readonly string[] = ${JSON.stringify(all)};\n`;
	return `${types}\n${names.join("\n")}\n\n${own}${all.length > 1 ? `\n${older}` : ""}`;
}

/** As much of a schema as the generator reads itself. */
export interface VersionedSchema {
	/** Of several versions the last one is its own; the others are still valid by it. */
	readonly properties: { readonly schema_version: { readonly const?: string; readonly enum?: string[] } };
}
