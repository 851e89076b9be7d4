/** A format of a grammar and captures alone; bare lines are its records when it is forced. */

import { captureNames, startsOf } from "../../src/format/compose.js";
import { defineFormat, type FormatDefinition } from "../../src/format/define.js";
import { Format } from "../../src/format/format.js";
import { compile } from "../../src/grammar/compile.js";
import { readGrammars } from "../../src/grammar/ohm.js";
import { loadParser } from "../../src/grammar/parser.js";

/**
 * @param rules of a grammar; `record` reads a line
 * @param more of the definition
 */
export function smallFormat(rules: string, captures: FormatDefinition["captures"], more: Partial<FormatDefinition> = {}): Format {
	const definition = defineFormat({ id: "small", title: "Small", grammar: "Small", captures, ...more });
	const catalog = { format: "small", fields: {}, entries: [] };
	const grammars = readGrammars([{ file: "small.ohm", text: `Small { ${rules} }` }]);
	const grammar = grammars.namespace.Small;
	if (grammar === undefined) throw new Error("no grammar");
	const source = compile(grammars, grammar, {
		starts: startsOf(definition).filter((rule) => rule !== "message"),
		captures: captureNames(definition, catalog, 0),
	});
	return new Format(definition, () => catalog, loadParser(source), "");
}
