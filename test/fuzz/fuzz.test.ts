/** A short run of `npm run fuzz`, and that it would find something. */
import { expect, test } from "vitest";
import { loadFormats, loadFraming } from "../../src/index.js";
import { brokenLaw } from "./laws.js";
import { fuzz } from "./run.js";

test("6,000 damaged lines of all captures break no law", async () => {
	const broken = await fuzz(6000, 20261121);
	expect(broken === undefined ? undefined : { seed: broken.seed, batch: broken.batch, law: broken.law }).toBeUndefined();
});

test("a conversion that loses a line is found", async () => {
	const [formats, framing] = [await loadFormats(), await loadFraming()];
	const log = Buffer.from("one\ntwo\n");
	expect(await brokenLaw(log, { formats, framing }, 3)).toBeUndefined();
	const broken = { formats, framing, onState: () => undefined };
	// What waits for its end is not written then.
	expect(await brokenLaw(Buffer.from("one\ntwo"), broken, 3)).toBe("the events do not give back the log");
});
