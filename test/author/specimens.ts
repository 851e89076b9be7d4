/** Formats that are broken in one way each, by the kind of finding that they cause. */
import { CASES, CATALOG, FORMAT, FRAME, GRAMMAR, TRACKED } from "./parcel.js";

/** Files in place of those of the whole format; undefined for none. */
type Files = Readonly<Record<string, string | undefined>>;

function changed(text: string, from: string, to: string): string {
	if (!text.includes(from)) throw new Error(`there is no ${from}`);
	return text.replace(from, to);
}

const grammar = (from: string, to: string): Files => ({ "parcel.ohm": changed(GRAMMAR, from, to) });
const format = (from: string, to: string): Files => ({ "format.js": changed(FORMAT, from, to) });
const catalog = (from: string, to: string): Files => ({ "catalog.json": changed(CATALOG, from, to) });
const cases = (from: string, to: string): Files => ({ "corpus/cases.txt": changed(CASES, from, to) });
const japanese = (translation: object): Files => ({ "catalog.ja.json": JSON.stringify(translation, null, "\t") });

/** Another format beside it, and a record of that. */
const letter = (bare: string, text: string): Files => ({
	"../letter/letter.ohm": `Letter <: Shared {\n  record = any*\n  bare = ${bare}\n}\n`,
	"../letter/format.js": `export default { id: "letter", title: "Letters", grammar: "Letter", programs: ["letterd"], bare: "bare", captures: {} };\n`,
	"../letter/catalog.json": `{ "format": "letter", "fields": {}, "entries": [] }\n`,
	"../letter/corpus/cases.txt": `# A letter\n${FRAME.replace("parceld", "letterd")}${text}\n==>\n{ "format": "letter" }\n`,
});

const EXPLAINED = { "10": { title: "到着", explanation: "置かれた。" } };

export const SPECIMENS: Readonly<Record<string, Files>> = {
	"grammar.undeclared_rule": grammar("digit digit", "digt digit"),
	"grammar.nonlinear": grammar("remainder = any*", 'remainder = (numbers "." | any "")*\n  numbers = number+'),
	"catalog.invalid": catalog('"level": "info"', '"level": "fine"'),
	"case.invalid": cases("==>", "=>"),
	"alternative.dead": grammar('| "van"            -- van', '| "van"            -- van\n        | "vanilla"        -- store'),
	"template.dead": catalog('to {place}",', 'to {place}",\n      "variants": [{ "template": "came, {weight} g, to {place}" }],'),
	"template.shadowed": {
		...grammar("number = ", 'spot = (~" again" any)+\n  number = '),
		...catalog('to {place}",', 'to {place}",\n      "variants": [{ "template": "at {spot} again" }, { "template": "at {place} again" }],'),
	},
	"capture.unknown": format("captures: {", 'captures: {\n    shelf_name: { kind: "text", path: "fields.place" },'),
	"field.undeclared": format(
		'place: { kind: "text", path: "fields.place" }',
		'place: [{ kind: "text", path: "fields.place" }, { kind: "text", path: "fields.where" }]',
	),
	"field.unfilled": catalog('"weight": {', '"colour": { "type": "text", "title": "Colour" },\n    "weight": {'),
	"lookup.unknown": format('lookup: "number"', 'lookup: "numbr"'),
	"words.unknown": format('lookup: "number"', 'words: { "fields.place": "shelf" },\n  lookup: "number"'),
	"expand.unknown": format("captures: {", "expand: { record_xml: () => undefined },\n  captures: {"),
	"when.unknown": catalog('to {place}",', 'to {place}",\n      "when": [{ "if": { "colour": { "is": ["red"] } }, "outcome": "failure" }],'),
	"translation.language": japanese({ format: "parcel", language: "jp", entries: EXPLAINED }),
	"translation.unknown": japanese({ format: "parcel", language: "ja", entries: { ...EXPLAINED, "12": { title: "不明" } } }),
	"translation.missing": japanese({ format: "parcel", language: "ja", entries: { "10": { title: "到着" } } }),
	"explanation.missing": catalog('"title": "Parcel lost"', '"title": "Parcel lost",\n      "documented": true'),
	"case.none": { "corpus/cases.txt": undefined },
	"case.fails": cases('"weight": 500', '"weight": 501'),
	"case.blank": cases('{ "record": "event", "remainder": "1" }\n', ""),
	"capture.none": { "corpus/captures/hub.log": undefined },
	"capture.unparsed": {
		...grammar("         | remainder           -- cut\n", ""),
		"corpus/captures/hub.log": `${FRAME}10 came, 20 g, to van\n${FRAME}cut of\n${FRAME}1\n`,
	},
	"provenance.missing": { "corpus/captures/SOURCES.md": "`other.log` is invented.\n" },
	"event.invalid": format('path: "fields.place"', 'path: "client.port"'),
	"value.untold": format(
		"captures: {",
		'expand: { record_numbered: (captured) => ({ ...captured, place: ["the moon"] }) },\n  captures: {',
	),
	"format.throws": format('remainder: { kind: "text",', 'remainder: { kind: "derived", uses: [], from: (text) => /^2$/.exec(text)[0],'),
	"cut.throws": format('remainder: { kind: "text",', 'remainder: { kind: "derived", uses: [], from: (text) => /^1$/.exec(text)[0],'),
	"cut.unread": grammar("remainder = any*", "remainder = digit ~digit any*"),
	"others.taken": letter('"letter " any*', "parcel 10 is a letter"),
	"others.take": letter('digit+ " " any*', "2 pages"),
	"label.unexercised": grammar('| "van"            -- van', '| "van"            -- van\n        | "depot"          -- depot'),
	"hops.none": { ...TRACKED, "corpus/hops.txt": undefined },
	"hops.unexercised": {
		...TRACKED,
		"trail.js": changed(TRACKED["trail.js"] ?? "", "if (event", 'const later = ["expired", "forward"];\n    if (event'),
	},
	"code.unexercised": catalog('"entries": [', '"entries": [\n    { "code": "09", "template": "left at {place}", "title": "Parcel left" },'),
};

/** What is told of each: place, reason, mend. */
export const TOLD: Readonly<Record<keyof typeof SPECIMENS, string>> = {
	"grammar.undeclared_rule": `parcel/parcel.ohm:6:12: error: grammar Parcel has no rule "digt"
    number = digt digit
             ^
  Define the rule, correct the name, or inherit from the grammar that has it.`,
	"grammar.nonlinear": `parcel/parcel.ohm:6:13: error: a loop with captures in rule "numbers" could be tried again and again over the same text
    numbers = number+
              ^
  Take the captures out of the loop, or move the loop out of the repeated alternative, so that the
  time stays linear.`,
	"catalog.invalid": `parcel/catalog.json:10:16: error: /entries/0/level must be equal to one of the allowed values
  See schemas/catalog.schema.json for what a catalog may hold.`,
	"case.invalid": `parcel/corpus/cases.txt:1: error: the case "A parcel comes" has no ==>
  A case is "# " and a title, perhaps "options: { … }", the lines of the log, "==>", and a JSON
  object for each record. Behind "==> hops" stands one for each hop.`,
	"alternative.dead": `parcel/parcel.ohm:10:11: error: the alternative place_store can never match
  place_van (line 9) stands in front of it and matches wherever it would; a choice takes the first
  that matches, and keeps it.
  Put the longer or stricter one first, or remove this one.`,
	"template.dead": `parcel/catalog.json:12:34: error: the template of "10" can never match: came, {weight} g, to {place}
  That of "10" (line 11) reads whatever it could read: came, {weight} g, to {place}
  Remove it, or let one of them say what tells the two apart.`,
	"template.shadowed": `parcel/catalog.json:12:69: hint: the template of "10" seems never to match: at {place} again
  All texts made up from it are read by others, such as "at van again" by that of "10" (line 12): at
  {spot} again
  Let one of them say what tells the two apart, or write a case that shows a text which only this
  one reads.`,
	"capture.unknown": `parcel/format.js:9:5: error: nothing is captured as "shelf_name"
  The grammar has no rule of this name, and no template of the catalog a placeholder.
  Name the rule that reads it, or remove it from \`captures\`.`,
	"field.undeclared": `parcel/format.js:10:5: error: "place" fills fields.where, which the catalog does not declare
  Readers of the events learn from the catalog what a field is.
  Add "where": { "type": …, "title": … } to \`fields\` of catalog.json.`,
	"field.unfilled": `parcel/catalog.json:5:15: error: nothing fills the field "colour"
  No rule of the grammar has this name, no template a placeholder, and no capture goes there.
  Remove it from \`fields\` of catalog.json, or correct its name.`,
	"lookup.unknown": `parcel/format.js:7:3: error: the entries are looked up by "numbr", which is no capture
  A rule captures when \`captures\` or \`fields\` of the catalog name it.
  Add it to \`captures\`, mostly as numbr: text("code").`,
	"words.unknown": `parcel/format.js:7:12: error: "fields.place" is said to be terms of the kind "shelf", and the catalog has none
  So \`mailtrail explain\` tells nothing of them.
  Add them to \`terms\` of catalog.json, or correct the kind.`,
	"expand.unknown": `parcel/format.js:8:13: error: \`expand\` names "record_xml", which is no alternative of the grammar
  Its records are never reread.
  Write rule_label for the alternative \`-- label\` of a rule.`,
	"when.unknown": `parcel/catalog.json:12:36: error: a case of "10" asks for "colour", which is no capture
  So the case never holds, or always when it asks for an absent one.
  Name a key of \`captures\` or of \`fields\` that a rule or a placeholder reads.`,
	"translation.language": `parcel/catalog.ja.json:3:14: error: the file is for "ja", but calls its language "jp"
  The name of the file decides.
  Write "language": "ja", or rename the file.`,
	"translation.unknown": `parcel/catalog.ja.json:9:9: error: catalog.json has no "12" to translate
  Nobody will ever read these words.
  Correct the key, or remove it.`,
	"translation.missing": `parcel/catalog.ja.json:5:9: error: "10" is explained in catalog.json, but not in ja
  Who asks in this language gets English words.
  Add its title and explanation to entries.`,
	"explanation.missing": `parcel/catalog.json:1: hint: 1 documented entry has no explanation
  Their title is all that \`mailtrail explain\` can say of them.
  11
  Add an \`explanation\` in your own words.`,
	"case.none": `parcel/corpus: error: there is no case
  Nothing shows what the format is to make of a line.
  Write a title ("# …"), a line of the log, ==> and the event, into a .txt file.`,
	"case.fails": `parcel/corpus/cases.txt:1: error: the case "A parcel comes" does not hold
  /0/fields/weight: expected 501, found 500
  mailtrail formats test parcel shows the record and where reading stopped.`,
	"case.blank": `parcel/corpus/cases.txt:11: hint: the case "A record that was cut" expects nothing yet
  It proves nothing.
  Write what the event must hold, or let mailtrail formats test parcel --update do it, and read
  that.`,
	"capture.none": `parcel/corpus/captures: hint: there is no capture
  Cases show what their author thought of; a real log shows the rest.
  Put a log into captures/, and tell in captures/SOURCES.md where it comes from.`,
	"capture.unparsed": `parcel/corpus/captures/hub.log:2: error: a record of parceld is unparsed
  The rule that reads records must accept any text of its programs, so that host, time and text are
  not lost.
  mailtrail explain shows how far it was read; end the rule with an alternative that takes the rest
  as \`remainder\`.
  also parcel/corpus/captures/hub.log:3`,
	"provenance.missing": `parcel/corpus/captures/SOURCES.md:1: error: SOURCES.md does not name a capture
  Nobody can judge what a log proves, nor publish it, without knowing where it comes from.
  hub.log
  Tell which program in which version wrote it, how, and what was changed since.`,
	"event.invalid": `parcel/corpus/cases.txt:2: error: the event of this record is invalid at /client/port
  Expected an integer, found "shelf B".
  Let the rule capture only what may stand there, or let the value go elsewhere, such as \`fields\`.
  also parcel/corpus/cases.txt:7
  also parcel/corpus/captures/hub.log:1`,
	"value.untold": `parcel/corpus/cases.txt:2: error: the event says what its record does not: fields.place is "the moon"
  A value stands in the line, or is declared as computed: derived(), or a word of the catalog.
  Give the text as it was captured, or declare what is computed with derived().
  also parcel/corpus/cases.txt:7
  also parcel/corpus/captures/hub.log:1`,
	"format.throws": `parcel/corpus/cases.txt:12: error: the format throws while it reads this: TypeError: Cannot read properties of null (reading '0')
  Let derived() and expand return undefined for what they cannot read: else the whole record is
  unparsed, and a bug is told.`,
	"cut.throws": `parcel/corpus/cases.txt:2: error: where this record is cut, the format throws while it reads this: TypeError: Cannot read properties of null (reading '0')
  Let derived() and expand return undefined for what they cannot read: else the whole record is
  unparsed, and a bug is told.
  also parcel/corpus/cases.txt:7
  also parcel/corpus/cases.txt:12`,
	"cut.unread": `parcel/corpus/cases.txt:2: error: cut behind byte 34, this record is unparsed: "10"
  Its frame names a program of the format, so the rule for records must accept any text.
  End that rule with an alternative that takes the rest: remainder = any*.
  also parcel/corpus/cases.txt:7`,
	"others.taken": `parcel/format.js:6:3: error: the rule "bare" also accepts records of letter, such as letter/corpus/cases.txt:2
  Lines without a known program would be read as this format: parcel 10 is a letter
  Let it ask for something that only this format writes.`,
	"others.take": `parcel/corpus/cases.txt:2: error: the format letter also accepts this record, by its rule "bare"
  Without a known program, the format that is asked first would read it.
  Make that rule stricter, if letter is yours; else the record is better known by its program.
  also parcel/corpus/cases.txt:7
  also parcel/corpus/captures/hub.log:1`,
	"label.unexercised": `parcel/parcel.ohm:10: hint: no case and no capture exercises 1 of 5 alternatives
  Nobody knows whether they read what they should.
  place_depot (line 10)
  Write a case for each, or remove what no program writes.`,
	"hops.none": `parcel/corpus: hint: no case shows what the tracker makes of a log
  Nobody knows whether it follows mails as it should.
  Write a title ("# …"), lines of a log and ==> hops; mailtrail formats test parcel --update fills
  in the hops.`,
	"hops.unexercised": `parcel/corpus: hint: no case expects 2 of 3 words that the tracker has for what became of a mail
  Nobody knows whether it says them when it should.
  expired, forward
  Write a case with ==> hops for each, or remove what cannot be.`,
	"code.unexercised": `parcel/catalog.json:7:14: hint: no case and no capture exercises 1 of 3 catalog entries
  Nobody knows whether they read what they should.
  09
  Write a case for each, or remove what no program writes.`,
};
