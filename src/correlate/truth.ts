/** What really became of the mails in some logs, as schemas/truth.schema.json has it, and where its nodes stand in the logs. */
import { basename } from "node:path";
import type { Event } from "../format/event.js";
import { readJsonFile } from "../format/json-file.js";

export interface TruthRecipient {
	readonly address: string;
	readonly final: string;
	readonly decided_by_layer?: string;
	readonly smtp_code?: string | null;
	readonly expanded?: readonly TruthRecipient[];
}

/** `postfix:4jWcQ41DfQzJvYf`, `smtpf:<session>/<transaction>`, `sun-mta:line4`, `client:192.0.2.1:25001` */
export type Node = string;

export interface TruthTrail {
	readonly links: readonly (readonly [from: Node, to: Node])[];
	readonly recipients: readonly TruthRecipient[];
}

export interface Truth {
	/** Format of a layer → seconds that its clock was ahead, zone of its stamps. */
	readonly layers: Readonly<Record<string, { readonly skew_s: number; readonly zone: string }>>;
	/** Format of a layer → its log. */
	readonly files?: Readonly<Record<string, string>>;
	readonly trails: readonly TruthTrail[];
}

export const readTruth = async (file: string): Promise<Truth> =>
	// The schema has the form of the type.
	(await readJsonFile(file, { code: "truth", noun: "truth", option: "--evaluate" })) as Truth;

/** Not a layer: its nodes are addresses and ports. */
export const CLIENT = "client";

export const layerOf = (node: Node): string => node.slice(0, node.indexOf(":"));

/** `+09:00` → seconds. */
export function zoneSeconds(zone: string): number {
	const [, sign = "", hours = "", minutes = ""] = /([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
	return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

/** Finds the nodes of a truth in the events that pass by. Its memory holds what the truth speaks of only. */
export class NodeFinder {
	readonly #nodes: ReadonlySet<Node>;
	/** Addresses of clients, and the layers that they connect to. */
	readonly #clients: ReadonlySet<string>;
	readonly #entries: ReadonlySet<string>;
	readonly #files = new Map<string, string>();
	readonly #nodesOf = new Map<string, readonly Node[]>();
	readonly #clientOf = new Map<string, { readonly ip: string; readonly port: number | undefined }>();
	/** Format of a layer → zone that its stamps were read in, in seconds. */
	readonly zones: Map<string, number> = new Map();

	constructor(readonly truth: Truth) {
		const links = truth.trails.flatMap((trail) => trail.links);
		const fromClient = links.filter(([from]) => layerOf(from) === CLIENT);
		this.#nodes = new Set(links.flat());
		this.#clients = new Set(fromClient.map(([from]) => addressOf(from)));
		this.#entries = new Set(fromClient.map(([, to]) => layerOf(to)));
	}

	see({ id, format, time, session_id, message, pid, client, source }: Event): void {
		if (format === undefined || this.truth.layers[format] === undefined) return;
		if (time !== undefined && !this.zones.has(format)) this.zones.set(format, zoneSeconds(time));
		const ids = [session_id, message?.transaction_id, message?.queue_id, pid].filter((one) => one !== undefined);
		const keys = [...ids, ...ids.flatMap((one) => ids.map((other) => `${one}/${other}`))];
		// A session that came to no transaction.
		if (session_id !== undefined) keys.push(`${session_id}/-`);
		if (source?.file !== undefined && source.line !== undefined && this.#isCounted(format, source.file)) keys.push(`line${source.line}`);
		const found = keys.map((key): Node => `${format}:${key}`).filter((node) => this.#nodes.has(node));
		if (found.length > 0) this.#nodesOf.set(id, found);
		if (client?.ip !== undefined && this.#clients.has(client.ip) && this.#entries.has(format))
			this.#clientOf.set(id, { ip: client.ip, port: client.port });
	}

	/** The nodes that some events of a layer stand for. */
	nodesOf(events: readonly string[], layer: string): Node[] {
		const all = events.flatMap((id) => this.#nodesOf.get(id) ?? []);
		return [...new Set(all)].filter((node) => layerOf(node) === layer);
	}

	/** Whether events name this client: with its port, where any of them names a port. Undefined when they name no client. */
	isClient(events: readonly string[], node: Node): boolean | undefined {
		const named = events.flatMap((id) => this.#clientOf.get(id) ?? []);
		if (named.length === 0) return undefined;
		const withPort = named.filter(({ port }) => port !== undefined);
		return withPort.length > 0
			? withPort.some(({ ip, port }) => node === `${CLIENT}:${ip}:${port}`)
			: named.some(({ ip }) => ip === addressOf(node));
	}

	/** Lines are counted in one file for each layer: that which the truth names, or the first. */
	#isCounted(layer: string, file: string): boolean {
		if (!this.#files.has(layer)) this.#files.set(layer, file);
		return this.#files.get(layer) === file || this.truth.files?.[layer] === basename(file);
	}
}

/** `client:192.0.2.1:25001` → `192.0.2.1` */
const addressOf = (node: Node): string => node.slice(CLIENT.length + 1, node.lastIndexOf(":"));
