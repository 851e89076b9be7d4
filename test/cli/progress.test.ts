import { expect, test } from "vitest";
import { watched } from "../../src/cli/progress.js";
import type { Terminal } from "../../src/cli/terminal.js";

/** Passes three chunks of a million bytes, with a clock that runs 200 ms at each look, and gives what standard error got. */
async function toldOn(stdoutIsTTY: boolean, stderrIsTTY: boolean): Promise<string> {
	let text = "";
	let time = 0;
	const writer = (isTTY: boolean): Terminal["stderr"] => ({
		isTTY,
		hasColour: false,
		write: async (chunk) => {
			text += chunk;
		},
	});
	const terminal: Terminal = {
		open: () => Promise.reject(new Error("not used")),
		stdout: writer(stdoutIsTTY),
		stderr: writer(stderrIsTTY),
		env: {},
		watch: () => {
			throw new Error("not used");
		},
	};
	async function* chunks(): AsyncGenerator<Uint8Array> {
		for (let i = 0; i < 3; i++) yield new Uint8Array(1e6);
	}
	const clock = (): number => {
		time += 200;
		return time;
	};
	let bytes = 0;
	for await (const chunk of watched("mail\u001b.log", chunks(), terminal, clock)) bytes += chunk.length;
	expect(bytes).toBe(3e6);
	return text;
}

test("progress stands on standard error when it is a terminal of its own, and is cleared at the end", async () => {
	expect(await toldOn(false, true)).toBe("\r\u001b[Kmail\\x1b.log: 2.0 MB\r\u001b[K");
});

test.each([
	["both are the terminal", true, true],
	["standard error is a file", false, false],
])("none when %s", async (_, stdoutIsTTY, stderrIsTTY) => {
	expect(await toldOn(stdoutIsTTY, stderrIsTTY)).toBe("");
});
