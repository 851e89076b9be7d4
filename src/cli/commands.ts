import { createRequire } from "node:module";
import type { Command, CommanderError } from "commander";
import { printable } from "./printable.js";
import type { Terminal } from "./terminal.js";
import { type Argument, type Example, type ExitCode, usageError, type Verb, type VerbGroup } from "./verb.js";

/** It is CommonJS: imported, it is read twice, the first time for the names of its exports. */
const commander = createRequire(import.meta.url)("commander") as typeof import("commander");

/** What the command line asked for: run a verb, or show a text (help, version). */
export type Choice =
	| { readonly kind: "run"; readonly run: (terminal: Terminal) => Promise<ExitCode> }
	| { readonly kind: "show"; readonly text: string; readonly on: "stdout" | "stderr"; readonly exit: ExitCode };

const EXIT_CODES = `
Exit codes:
  0  clean
  1  findings: unparsed records under --strict, invalid events, failed checks, nothing found
  2  wrong usage
  3  input or output failed`;

/** Reads the command line (without node and script) against the verbs; throws a usage error when it makes no sense. */
export function choose(argv: readonly string[], verbs: readonly (Verb | VerbGroup)[], version: string): Choice {
	let chosen: Choice | undefined;
	let shown = "";
	const program = new commander.Command("mailtrail")
		.description(
			"Reads the logs of mail software into one typed stream of events, explains every message, follows a mail through every layer.",
		)
		.version(version, "-V, --version", "show the version")
		.helpOption("-h, --help", "show help")
		.helpCommand("help [verb]", "show help of a verb")
		.addHelpText("after", EXIT_CODES);
	const add = (verb: Verb): Command => command(verb, (run) => (chosen = { kind: "run", run }));
	for (const verb of verbs) program.addCommand("verbs" in verb ? group(verb, add) : add(verb));
	for (const each of allCommands(program)) {
		const collect = (text: string): void => {
			shown += text;
		};
		each.configureOutput({ writeOut: collect, writeErr: collect, outputError: () => undefined });
		each.exitOverride((error) => {
			if (error.exitCode === 0) chosen = { kind: "show", text: shown, on: "stdout", exit: 0 };
			else if (error.code === "commander.help") chosen = { kind: "show", text: shown, on: "stderr", exit: 2 };
			else throw wrongUsage(error, each);
			throw error;
		});
	}
	try {
		program.parse([...argv], { from: "user" });
	} catch (error) {
		if (chosen === undefined) throw error;
	}
	return chosen ?? { kind: "show", text: program.helpInformation(), on: "stderr", exit: 2 };
}

function group(verb: VerbGroup, add: (verb: Verb) => Command): Command {
	const made = new commander.Command(verb.name).summary(verb.summary).description(verb.details ?? verb.summary);
	for (const below of verb.verbs) made.addCommand(add(below));
	return made.helpOption("-h, --help", "show help");
}

function command(verb: Verb, onChosen: (run: (terminal: Terminal) => Promise<ExitCode>) => void): Command {
	const made = new commander.Command(verb.name)
		.summary(verb.summary)
		.description(verb.details === undefined ? verb.summary : `${verb.summary}\n\n${verb.details}`)
		.helpOption("-h, --help", "show help");
	for (const argument of verb.args) made.argument(argumentSyntax(argument), argument.title);
	const attributes = new Map<string, string>();
	for (const [key, option] of Object.entries(verb.options)) {
		const declared = new commander.Option(
			option.flags,
			option.fallback === undefined ? option.title : `${option.title} (default: ${option.fallback})`,
		);
		declared.argParser<readonly string[]>((value, previous) => [...(previous ?? []), value]);
		attributes.set(key, declared.attributeName());
		made.addOption(declared);
	}
	const given = (key: string): readonly string[] => {
		const value: unknown = made.getOptionValue(attributes.get(key) ?? key);
		if (Array.isArray(value)) return value.map(String);
		return value === true ? [""] : [];
	};
	if (verb.examples.length > 0) made.addHelpText("after", exampleText(verb.examples));
	return made.action(() => onChosen((terminal) => verb.run(made.args, given, terminal)));
}

function argumentSyntax({ name, isRequired, isRepeated }: Argument): string {
	const inner = isRepeated ? `${name}...` : name;
	return isRequired ? `<${inner}>` : `[${inner}]`;
}

function exampleText(examples: readonly Example[]): string {
	return `\nExamples:\n${examples.map(({ command, title }) => `  ${command}\n      ${title}`).join("\n")}`;
}

function* allCommands(command: Command): Generator<Command> {
	yield command;
	for (const below of command.commands) yield* allCommands(below);
}

/** Commander's complaint in the words and the shape of all other errors. */
function wrongUsage(error: CommanderError, command: Command): Error {
	const [what = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
	const path: string[] = [];
	for (let each: Command | null = command; each !== null; each = each.parent) path.unshift(each.name());
	const help = `See ${path.join(" ")} --help.`;
	return usageError(printable(what), suggestion === undefined ? help : `${suggestion.replace(/^\((.*)\)$/, "$1")} ${help}`);
}
