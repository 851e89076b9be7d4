import { compile } from "json-schema-to-typescript";

/** Names for the keys of the event that code speaks of often. */
const PARTS: Readonly<Record<string, string>> = {
	TimeBasis: "time_basis",
	Level: "level",
	Action: "action",
	Outcome: "outcome",
	Envelope: "envelope",
	Peer: "client",
	Source: "source",
};

const BANNER = [
	"// Generated from schemas/event.schema.json by `npm run types`; do not edit. A test fails when it is stale.",
	"/** One record of a log as a typed event, its parts by name, and the version of the schema they follow. */",
].join("\n");

/** The TypeScript source of the event types, from the JSON schema of the event (as parsed JSON). */
export async function eventTypes(schema: EventSchema): Promise<string> {
	const types = await compile(structuredClone(schema), "Event", {
		bannerComment: BANNER,
		style: { useTabs: true, printWidth: 140 },
	});
	const parts = Object.entries(PARTS).map(([name, key]) => `export type ${name} = NonNullable<Event["${key}"]>;`);
	const version = JSON.stringify(schema.properties.schema_version.const);
	return `${types}\n${parts.join("\n")}\n\n/** Version of the schema that these types follow. */\nexport const SCHEMA_VERSION = ${version};\n`;
}

/** As much of the event schema as the generator reads itself. */
export interface EventSchema {
	readonly properties: { readonly schema_version: { readonly const: string } };
}
