/** Lines that wait for each other come out in their order, none of them twice. */
import { expect, test } from "vitest";
import { Waiting } from "../../src/cli/waiting.js";

test("few lines are written when they are asked for, many at once", async () => {
	const written: string[] = [];
	const waiting = new Waiting(async (text) => void written.push(text));
	await waiting.add("a\n");
	await waiting.add("b\n");
	expect(written).toEqual([]);
	await waiting.write();
	await waiting.write();
	expect(written).toEqual(["a\nb\n"]);
	const long = `${"c".repeat(300_000)}\n`;
	await waiting.add(long);
	expect(written).toEqual(["a\nb\n", long]);
});
