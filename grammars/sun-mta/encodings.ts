/** LOG_FORMAT 3 to 6: values that are counted or encoded are decoded here and reread with rules of the grammar. */
import type { Captured } from "../../src/format/define.js";

type Match = (rule: string, text: string) => Captured | undefined;
type Captures = Record<string, readonly string[]>;

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function decodeXml(value: string): string {
	return value.replace(
		/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/gi,
		(written, hex?: string, decimal?: string, name?: string) => {
			if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? written;
			const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
			return point > 0x10ffff ? written : String.fromCodePoint(point);
		},
	);
}

/** Attribute → capture that takes the value as it is. */
const PLAIN: ReadonlyMap<string, string> = new Map([
	["no", "node"],
	["sc", "source_channel"],
	["dc", "destination_channel"],
	["sz", "size_blocks"],
	["rf", "notary"],
	["us", "auth_user"],
	["se", "sensitivity"],
	["pr", "mail_priority"],
	["in", "intermediate"],
	["ia", "initial"],
	["re", "reason"],
	["rm", "remote_mta"],
	["qt", "queue_seconds"],
]);

/** Empty values that say something: a blank sender, an original recipient that was not given. */
const KEPT_EMPTY = new Set(["so", "de"]);

interface Reading {
	readonly rule: string;
	readonly otherwise: string;
}

/** Attribute → rule that takes the value apart, and the capture for a value that the rule does not fit. */
const PARSED: ReadonlyMap<string, Reading> = new Map([
	["pi", { rule: "process__value", otherwise: "process" }],
	["ac", { rule: "code", otherwise: "code" }],
	["dr", { rule: "queue_sign", otherwise: "remainder" }],
	["so", { rule: "whole_sender", otherwise: "envelope_from" }],
	["od", { rule: "original", otherwise: "envelope_original" }],
	["de", { rule: "current", otherwise: "envelope_to" }],
	["ap", { rule: "application", otherwise: "application" }],
	["di", { rule: "diagnostics", otherwise: "diagnostics" }],
	["fi", { rule: "whole_file", otherwise: "file" }],
	["ei", { rule: "bracketed_envelope_id", otherwise: "envelope_id" }],
	["fl", { rule: "quoted_filter", otherwise: "filter" }],
	["va", { rule: "header_line", otherwise: "header_value" }],
]);

/** Rules of the grammar that are applied here. */
export const REREAD: readonly string[] = [
	...[...PARSED.values()].map(({ rule }) => rule),
	...["whole_client_system", "whole_server_host", "transport_in", "transport_out", "note__alone", "message_id_list", "iso_stamp"],
	...["enqueue_tail", "refusal_tail", "failure_tail", "dequeue_tail"],
];

type Kind = "en" | "co" | "he";

/** Attributes whose meaning depends on the entry. */
function contextual(name: string, kind: Kind, isReceiving: boolean): Reading | undefined {
	switch (name) {
		case "ss":
			return isReceiving
				? { rule: "whole_client_system", otherwise: "client_host" }
				: { rule: "whole_server_host", otherwise: "server_host" };
		case "tr":
			return { rule: isReceiving ? "transport_in" : "transport_out", otherwise: "remainder" };
		// In connection entries `mi` is a note in words.
		case "mi":
			return kind === "co" ? { rule: "note__alone", otherwise: "note" } : { rule: "message_id_list", otherwise: "message_id" };
		default:
			return undefined;
	}
}

function addAll(target: Captures, more: Captured): void {
	for (const [name, values] of Object.entries(more)) target[name] = [...(target[name] ?? []), ...values];
}

function readAttributes(kind: Kind, attributes: ReadonlyMap<string, string>, captures: Captures, match: Match): Captures {
	const isReceiving = attributes.has("dr") ? attributes.get("dr") === "+" : /^[EJVB]/.test(attributes.get("ac") ?? "");
	const unknown = new Map<string, string>();
	if (kind === "he") addAll(captures, { code: [">"], action: [">"] });
	for (const [name, value] of attributes) {
		const plain = PLAIN.get(name);
		const parsed = contextual(name, kind, isReceiving) ?? PARSED.get(name);
		if (name === "ts") continue;
		if (plain === undefined && parsed === undefined) unknown.set(name, value);
		else if (value === "" && !KEPT_EMPTY.has(name)) continue;
		else if (plain !== undefined) addAll(captures, { [plain]: [value] });
		else if (parsed !== undefined) addAll(captures, match(parsed.rule, value) ?? { [parsed.otherwise]: [value] });
	}
	if (unknown.size > 0) captures.unknown_attributes = [JSON.stringify(Object.fromEntries(unknown))];
	return captures;
}

const isKind = (name: string | undefined): name is Kind => name === "en" || name === "co" || name === "he";

export function expandXml(captured: Captured, match: Match): Captured | undefined {
	const { xml_kind: kinds, xml_name: names = [], xml_value: values = [], ...rest } = captured;
	const kind = kinds?.[0];
	if (!isKind(kind)) return undefined;
	return readAttributes(kind, new Map(names.map((name, i) => [name, decodeXml(values[i] ?? "")])), { ...rest }, match);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** The text of an attribute; undefined for what is nested too deep to be written. */
function attributeText(value: unknown): string | undefined {
	if (typeof value === "string") return value;
	try {
		return JSON.stringify(value);
	} catch {
		return undefined;
	}
}

export function expandJson(captured: Captured, match: Match): Captured | undefined {
	let parsed: unknown;
	try {
		parsed = JSON.parse(captured.json_text?.[0] ?? "");
	} catch {
		return undefined;
	}
	if (!isObject(parsed)) return undefined;
	const outer = parsed;
	const wrapper = Object.keys(outer).find((key) => isKind(key) && isObject(outer[key]));
	const object = wrapper === undefined ? outer : outer[wrapper];
	if (!isObject(object)) return undefined;
	const kind = isKind(wrapper) ? wrapper : "dr" in object ? "co" : "va" in object ? "he" : "en";
	const attributes = new Map(
		Object.entries(object).flatMap(([name, value]) => {
			const text = attributeText(value);
			return text === undefined ? [] : [[name, text] as const];
		}),
	);
	return readAttributes(kind, attributes, { ...match("iso_stamp", attributes.get("ts") ?? "") }, match);
}

interface Token {
	/** Address type in front of the count, when there. */
	readonly type: string | undefined;
	readonly value: string;
}

/** Cuts `N:value` fields; undefined when a count does not end at a blank. The unit of the counts is not documented. */
function cutCounted(text: string, end: (start: number, count: number) => number): readonly Token[] | undefined {
	const tokens: Token[] = [];
	const counted = /([A-Za-z0-9-]+;)?(\d+):/y;
	for (let at = 0; at <= text.length; ) {
		counted.lastIndex = at;
		const found = counted.exec(text);
		const start = found === null ? at : counted.lastIndex;
		const blank = text.indexOf(" ", start);
		const stop = found === null ? (blank < 0 ? text.length : blank) : end(start, Number(found[2]));
		if (stop > text.length || (stop < text.length && text[stop] !== " ")) return undefined;
		tokens.push({ type: found?.[1], value: text.slice(start, stop) });
		at = stop + 1;
	}
	return tokens;
}

function countedTokens(text: string): readonly Token[] | undefined {
	const bytes = (start: number, count: number): number => {
		let left = count;
		let at = start;
		while (left > 0 && at < text.length) {
			const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
			left -= new TextEncoder().encode(character).length;
			at += character.length;
		}
		return left === 0 ? at : text.length + 1;
	};
	return cutCounted(text, (start, count) => start + count) ?? cutCounted(text, bytes);
}

/** Action → rule for what follows the recipient. */
const TAILS: Readonly<Record<string, string>> = {
	E: "enqueue_tail",
	J: "refusal_tail",
	V: "refusal_tail",
	B: "refusal_tail",
	R: "failure_tail",
	K: "failure_tail",
};

/** A counted entry in the plain form, near enough to learn the options from; undefined when it is not counted. */
export function withoutCounts(payload: string, counted: string): string | undefined {
	const tokens = countedTokens(counted);
	if (tokens === undefined || !payload.endsWith(counted)) return undefined;
	return payload.slice(0, payload.length - counted.length) + tokens.map(({ type, value }) => `${type ?? ""}${value}`).join(" ");
}

export function expandCounted(captured: Captured, match: Match): Captured | undefined {
	const { counted_text: counted, ...rest } = captured;
	const tokens = countedTokens(counted?.[0] ?? "");
	const [from, original, to, ...more] = tokens ?? [];
	if (from === undefined || original === undefined || to === undefined) return undefined;
	const action = captured.action?.[0] ?? "";
	const captures: Captures = { ...rest };
	addAll(captures, match("whole_sender", from.value) ?? { envelope_from: [from.value] });
	addAll(captures, match("current", to.value) ?? { envelope_to: [to.value] });
	if (action === "B") captures.command = [to.value];
	const typed = `${original.type ?? ""}${original.value}`;
	addAll(captures, match("original", typed) ?? { envelope_original: [typed] });
	const text = more.map((token) => ` ${token.type ?? ""}${token.value}`).join("");
	addAll(captures, match(TAILS[action] ?? "dequeue_tail", text) ?? { remainder: [text.trimStart()] });
	return captures;
}

export function expandCountedConnection(captured: Captured, match: Match): Captured | undefined {
	const { counted_text: counted, ...rest } = captured;
	const tokens = countedTokens(counted?.[0] ?? "");
	if (tokens === undefined) return undefined;
	const captures: Captures = { ...rest };
	const transport = captured.queue_direction?.[0] === "+" ? "transport_in" : "transport_out";
	const words: string[] = [];
	for (const { value } of tokens) {
		const known = words.length > 0 ? undefined : (match(transport, value) ?? match("application", value));
		if (known !== undefined) addAll(captures, known);
		else if (value !== "") words.push(value);
	}
	const last = words.pop();
	if (last !== undefined) addAll(captures, match("diagnostics", last) ?? { diagnostics: [last] });
	// What stands before the diagnostics of an authentication: a note, then the user.
	const [note, user, ...others] = words;
	if (note !== undefined) captures.note = [note];
	if (user !== undefined) captures.auth_user = [user];
	if (others.length > 0) captures.remainder = [others.join(" ")];
	return captures;
}
