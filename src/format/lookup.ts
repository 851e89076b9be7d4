/** What a word means: message codes, tag lists, replies, flags, options and masks, looked up in the catalogs. */
import type { Entry, Term } from "./catalog.js";
import { spellingDistance } from "./spelling.js";
import type { Translator, Vocabulary } from "./vocabulary.js";

/** One thing that a word stands for: a message of a catalog, or one of its terms. */
export interface Meaning extends Omit<Entry, "code" | "title" | "explanation">, Partial<Pick<Term, "smtp_code" | "enhanced" | "value">> {
	/** Id of the format. */
	readonly format: string;
	/** `message`, or the kind of the term. */
	readonly kind: string;
	readonly code: string;
	readonly title: string;
	readonly explanation?: string;
	/** Language of title and explanation. */
	readonly language: string;
	/** What it is made of: modifiers of a code, words in a tag list, bits of a mask. */
	readonly parts?: readonly Meaning[];
	/** Bits of a mask that the format does not know. */
	readonly unknown_bits?: readonly number[];
}

/** A way to look a word up in one format; the first way that finds anything in any format answers. */
type Search = (what: string, vocabulary: Vocabulary, translator: Translator) => readonly Meaning[];

/** All meanings of a word, in all formats; empty for none. */
export function meaningsOf(what: string, vocabularies: readonly Vocabulary[], translator: Translator): Meaning[] {
	for (const search of [byKind, byCode, byTags, byModifiers, byReply, byLooseCode]) {
		const found = vocabularies.flatMap((vocabulary) => search(what, vocabulary, translator));
		if (found.length > 0) return found;
	}
	return [];
}

/** The terms of some kind and code. */
export function termsOf(kind: string, code: string, vocabulary: Vocabulary, translator: Translator): Meaning[] {
	return terms(vocabulary, (term) => term.kind === kind && term.code === code).map((term) => termMeaning(vocabulary, term, translator));
}

/** `#717` says that 717 is a number: both are the same code. A reply of that number is found too. */
const byCode: Search = (what, vocabulary, translator) => {
	const code = what.replace(/^#(?=\d+$)/, "");
	return withCode((one) => one === code, vocabulary, translator);
};

/** The last resort: `log_node` for LOG_NODE. */
const byLooseCode: Search = (what, vocabulary, translator) => {
	const code = what.toLowerCase();
	return withCode((one) => one.toLowerCase() === code, vocabulary, translator);
};

/** `flag:helo_host`, `reply:283`, `dispatcher:0x41`, `LOG_CONNECTION=34`. */
const byKind: Search = (what, vocabulary, translator) => {
	const [, prefix, sign, code] = /^#?([a-z][\w-]*)([:=])(.+)$/i.exec(what) ?? [];
	if (prefix === undefined || code === undefined) return [];
	const kind = prefix.toLowerCase();
	const found = [
		// An option that is a mask is told first, then its bits.
		...(sign === "=" ? withCode((one) => one === prefix, vocabulary, translator) : []),
		...(kind === "message" ? entries(vocabulary, (one) => one === code).map((entry) => entryMeaning(vocabulary, entry, translator)) : []),
		...termsOf(kind, code, vocabulary, translator),
	];
	return [...found, ...(found.some((one) => one.kind === kind) ? [] : mask(kind, code, vocabulary, translator))];
};

/** The kind of term whose bits make up a mask: `dispatcher`, or `log_connection_bit` for `log_connection`. */
function mask(kind: string, code: string, vocabulary: Vocabulary, translator: Translator): Meaning[] {
	const bits = terms(vocabulary, (term) => (term.kind === kind || term.kind === `${kind}_bit`) && term.value !== undefined);
	const value = /^-?(\d+|0x[\da-f]+)$/i.test(code) ? Number(code) : Number.NaN;
	if (bits.length === 0 || !Number.isSafeInteger(value)) return [];
	const whole = bits.find((term) => term.value === value);
	if (whole !== undefined) return [termMeaning(vocabulary, whole, translator)];
	if (value < 0) return [];
	const has = (bit: number): boolean => bit > 0 && Math.floor(value / bit) % 2 === 1;
	const set = bits.filter((term) => has(term.value ?? 0));
	const unknown = Array.from({ length: 53 }, (_, i) => 2 ** i).filter((bit) => has(bit) && !set.some((term) => term.value === bit));
	return [
		{
			format: vocabulary.id,
			kind,
			code,
			title: `${value} = 0x${value.toString(16)}: ${value === 0 ? "no bit" : [...set.map((term) => term.value), ...unknown].sort((a, b) => (a ?? 0) - (b ?? 0)).join(" + ")}`,
			language: "en",
			value,
			parts: set.map((term) => termMeaning(vocabulary, term, translator)),
			...(unknown.length === 0 ? {} : { unknown_bits: unknown }),
		},
	];
}

/** `[children][error][helo][accept]` → `[children][error][{state}][{fallback_status}]`: the entry with the most literal tags. */
const byTags: Search = (what, vocabulary, translator) => {
	const list = /^((?:\[[^\][\s]+\])+)(?:\(\d+\))?:?$/.exec(what)?.[1];
	if (list === undefined) return [];
	const tags = tagsOf(list);
	const ranked = vocabulary.catalog.entries.flatMap((entry) => {
		const read = readTags(tags, tagsOf(entry.code), vocabulary, translator);
		return read === undefined ? [] : [{ entry, ...read }];
	});
	// People write the tags that are always the same and leave out the values behind them: [session][end].
	if (ranked.length === 0)
		return vocabulary.catalog.entries
			.filter((entry) => isBeginning(tags, tagsOf(entry.code)))
			.map((entry) => entryMeaning(vocabulary, entry, translator));
	const best = Math.max(...ranked.map((one) => one.rank));
	return ranked
		.filter((one) => one.rank === best)
		.map(({ entry, parts }) => ({ ...entryMeaning(vocabulary, entry, translator), ...(parts.length === 0 ? {} : { parts }) }));
};

const tagsOf = (list: string): string[] => (/^(\[[^\][]+\])+$/.test(list) ? list.slice(1, -1).split("][") : []);

/** The tags are all of a code but its placeholders at the end. */
const isBeginning = (tags: readonly string[], pattern: readonly string[]): boolean =>
	pattern.length > tags.length && pattern.every((tag, i) => (i < tags.length ? tag === tags[i] : tag.startsWith("{")));

/** How well concrete tags fit those of a code; undefined when they do not. */
function readTags(
	tags: readonly string[],
	pattern: readonly string[],
	vocabulary: Vocabulary,
	translator: Translator,
): { readonly rank: number; readonly parts: readonly Meaning[] } | undefined {
	if (tags.length !== pattern.length) return undefined;
	const parts: Meaning[] = [];
	let rank = 0;
	let hasLiteral = false;
	for (const [i, tag] of tags.entries()) {
		const name = /^\{(\w+)(?::\w+)?\}$/.exec(pattern[i] ?? "")?.[1];
		if (name === undefined) {
			if (tag !== pattern[i]) return undefined;
			hasLiteral = true;
			rank += 3;
			continue;
		}
		// `last_state` and `fallback_status` take the words of `state` and `status`.
		const kind = [name, name.slice(name.lastIndexOf("_") + 1)].find((one) => terms(vocabulary, (term) => term.kind === one).length > 0);
		if (kind !== undefined) {
			const words = termsOf(kind, tag, vocabulary, translator);
			if (words.length === 0) return undefined;
			parts.push(...words);
			rank += 2;
		} else if (!isNumber(name, vocabulary)) rank += 1;
		else if (Number.isFinite(Number(tag))) rank += 2;
		else return undefined;
	}
	return hasLiteral ? { rank, parts } : undefined;
}

function isNumber(name: string, { definition, catalog }: Vocabulary): boolean {
	const own = definition.captures[name];
	const kinds = [own ?? []].flat().map((field) => field.kind);
	return [...kinds, catalog.fields[name]?.type].some((kind) => kind === "number" || kind === "integer");
}

/** `EE`: the entry E with the modifier E. Only in formats that have modifiers. */
const byModifiers: Search = (what, vocabulary, translator) => {
	const { modifiers } = vocabulary.definition;
	if (modifiers === undefined) return [];
	const entry = entries(vocabulary, (code) => what.startsWith(code) && what !== code).sort((a, b) => b.code.length - a.code.length)[0];
	if (entry === undefined) return [];
	const parts = [...what.slice(entry.code.length)].map((letter) => termsOf(modifiers, letter, vocabulary, translator));
	if (parts.some((one) => one.length === 0)) return [];
	return [{ ...entryMeaning(vocabulary, entry, translator), parts: parts.flat() }];
};

const byReply: Search = (what, vocabulary, translator) => repliesIn(what, vocabulary, translator);

/** Longer replies than any server may send (RFC 5321, 4.5.3.1.5) are not searched. */
const LONGEST_REPLY = 2048;

/** A whole SMTP reply of a format: by the number that it holds, or by its text. */
export function repliesIn(text: string, vocabulary: Vocabulary, translator: Translator): Meaning[] {
	const { replies: own } = vocabulary.definition;
	const smtpCode = /^[2-5]\d\d(?=[ -])/.exec(text)?.[0];
	if (own === undefined || smtpCode === undefined || text.length > LONGEST_REPLY) return [];
	const number =
		own.number === undefined ? undefined : [...text.matchAll(new RegExp(own.number, `${own.number.flags.replace("g", "")}g`))].at(-1)?.[1];
	const replies = terms(vocabulary, (term) => term.kind === own.kind);
	const numbered = replies.filter((term) => term.code === number);
	// Some numbers stand for a permanent and a temporary refusal.
	const agreeing = numbered.filter((term) => term.smtp_code === smtpCode);
	const found = agreeing.length > 0 ? agreeing : numbered;
	const byText = found.length > 0 || number !== undefined ? [] : mostLiteral(text, replies, own.tail);
	return [...found, ...byText].map((term) => termMeaning(vocabulary, term, translator));
}

/** The replies whose text this is; of several the one that says most of it literally. */
function mostLiteral(text: string, replies: readonly Term[], tail: RegExp = /$/): Term[] {
	const fitting = replies.map((term) => ({ term, literal: literalLength(text, (term.template ?? "").replace(tail, "")) }));
	const most = Math.max(...fitting.map((one) => one.literal));
	// `550 5.7.1 {text}` would fit everything.
	return most < 6 ? [] : fitting.filter((one) => one.literal === most).map((one) => one.term);
}

/** Letters of a template that stand in the text, in their order; 0 when not all do. */
function literalLength(text: string, template: string): number {
	const [first = "", ...literals] = template.split(/\{\w+\}/);
	if (!text.startsWith(first)) return 0;
	let at = first.length;
	for (const literal of literals) {
		const found = text.indexOf(literal, at);
		if (found < 0) return 0;
		at = found + literal.length;
	}
	return [first, ...literals].join("").replace(/[^a-z]/gi, "").length;
}

const entries = ({ catalog }: Vocabulary, test: (code: string) => boolean): Entry[] => catalog.entries.filter(({ code }) => test(code));
const terms = ({ catalog }: Vocabulary, test: (term: Term) => boolean): Term[] => (catalog.terms ?? []).filter(test);

const withCode = (test: (code: string) => boolean, vocabulary: Vocabulary, translator: Translator): Meaning[] => [
	...entries(vocabulary, test).map((entry) => entryMeaning(vocabulary, entry, translator)),
	...terms(vocabulary, ({ code }) => test(code)).map((term) => termMeaning(vocabulary, term, translator)),
];

export function entryMeaning(vocabulary: Vocabulary, entry: Entry, translator: Translator): Meaning {
	return { format: vocabulary.id, kind: "message", ...entry, ...translator.entry(vocabulary, entry) };
}

export function termMeaning(vocabulary: Vocabulary, term: Term, translator: Translator): Meaning {
	return { format: vocabulary.id, ...term, ...translator.term(vocabulary, term) };
}

const MOST_NEAR = 5;

/** What the user may have meant by a word that means nothing: codes that begin so, titles that hold it, codes spelt nearly so. */
export function nearMeanings(what: string, vocabularies: readonly Vocabulary[], translator: Translator): Meaning[] {
	const word = what.replace(/^#/, "").toLowerCase();
	if (word.length > 200) return [];
	const all = vocabularies.flatMap((vocabulary) => withCode(() => true, vocabulary, translator));
	const ranked = all.flatMap((meaning) => {
		const code = meaning.code.toLowerCase();
		const full = `${meaning.kind.toLowerCase()}:${code}`;
		if (word.length > 1 && (code.startsWith(word) || full.startsWith(word))) return [{ meaning, rank: code.length / 1000 }];
		if (word.length > 3 && meaning.title.toLowerCase().includes(word)) return [{ meaning, rank: 1 + code.length / 1000 }];
		const distance = word.startsWith("[")
			? tagDistance(tagsOf(word), tagsOf(code))
			: spellingDistance(word, word.includes(":") ? full : code);
		return distance <= Math.max(1, Math.floor(word.length / 3)) && word.length > 1 ? [{ meaning, rank: 1 + distance }] : [];
	});
	return ranked
		.sort((a, b) => a.rank - b.rank)
		.slice(0, MOST_NEAR)
		.map(({ meaning }) => meaning);
}

/** How many letters the tags differ in; any word fits a placeholder, a missing tag counts as one letter. */
function tagDistance(tags: readonly string[], pattern: readonly string[]): number {
	if (!tags.some((tag, i) => tag === pattern[i])) return Number.POSITIVE_INFINITY;
	const shared = Math.min(tags.length, pattern.length);
	let distance = Math.abs(tags.length - pattern.length);
	for (let i = 0; i < shared; i++) {
		const tag = tags[i] ?? "";
		const other = pattern[i] ?? "";
		distance += other.startsWith("{") ? 0.5 : tag === other ? 0 : Math.min(tag.length, spellingDistance(tag, other));
	}
	return distance;
}
