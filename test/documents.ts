/** Documents whose examples run as tests: what they show is what the command does. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { mailtrail, type Outcome } from "./cli/fake-terminal.js";

/** A fenced block of Markdown. */
export interface Block {
	/** What follows the fence: a language, and for a file its name. */
	readonly info: string;
	readonly text: string;
	/** From 1. */
	readonly line: number;
}

export function blocksOf(markdown: string): Block[] {
	const blocks: Block[] = [];
	for (const { 1: info = "", 2: text = "", index } of markdown.matchAll(/^```(\S.*)\n([^]*?)^```$/gm))
		blocks.push({ info, text, line: markdown.slice(0, index).split("\n").length });
	return blocks;
}

/** A command, and what the terminal shows after it, both streams. */
export interface Step {
	readonly command: string;
	readonly shows: string;
}

export function stepsOf({ text }: Block): Step[] {
	return text
		.split(/^\$ /m)
		.slice(1)
		.map((step) => {
			const end = step.indexOf("\n");
			return { command: step.slice(0, end), shows: step.slice(end + 1) };
		});
}

/** Parts of a pipe; a bar inside quotes is text. */
function partsOf(command: string): string[][] {
	const parts: string[][] = [[]];
	for (const [word, quoted] of [...command.matchAll(/'([^']*)'|[^\s']+/g)].map((found): [string, string | undefined] => [
		found[0],
		found[1],
	]))
		if (word === "|") parts.push([]);
		else parts.at(-1)?.push(quoted ?? word);
	return parts;
}

/** Runs a pipe of `echo`, `mailtrail` and `cmp - FILE` in the current folder: its standard output, then its standard error. */
export async function runPipe(command: string): Promise<string> {
	let stdin: Buffer = Buffer.alloc(0);
	let errors = "";
	for (const [program = "", ...args] of partsOf(command)) {
		if (program === "echo") stdin = Buffer.from(`${args.join(" ")}\n`);
		else if (program === "cmp") {
			const isSame = stdin.equals(readFileSync(args[1] ?? ""));
			stdin = Buffer.from(isSame ? "" : `- ${args[1]} differ\n`);
		} else {
			expect(program).toBe("mailtrail");
			const outcome: Outcome = await mailtrail(args, { stdin: [stdin] });
			stdin = outcome.bytes;
			errors += outcome.stderr;
		}
	}
	return stdin.toString() + errors;
}

/** A line `…` stands for any number of lines, `…` at the end of a line for its rest and any lines after it. */
export function expectShown(shown: string, expected: string): void {
	const [head = "", ...rest] = expected.split(/…\n/);
	if (rest.length === 0) return expect(shown).toBe(expected);
	expect(shown.slice(0, head.length)).toBe(head);
	let at = head.length;
	for (const part of rest) {
		const found = shown.indexOf(part, at);
		expect(found, `"${part}" in "${shown.slice(at)}"`).toBeGreaterThanOrEqual(0);
		at = found + part.length;
	}
	const tail = rest.at(-1) ?? "";
	expect(shown.endsWith(tail)).toBe(true);
}
