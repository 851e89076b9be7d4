/** Recorded chains of which logs are lost, or parts of logs: nothing is made up, and what is missing is said. */
import { describe, expect, test } from "vitest";
import { boundary, CHAINS, chainOf, follow, type Line, missingOf, share, wrongLinks } from "./chain.js";

const only = (lines: readonly Line[], program: RegExp): Line[] => lines.filter(({ text }) => program.test(text));

describe.each(CHAINS)("%s", async (name) => {
	const chain = await chainOf(name);
	const whole = await follow(chain);

	test("without the log of the MTA, front and store know that a layer stands between them", async () => {
		const { trails, evaluation } = await follow({ ...chain, mta: [] });
		expect(wrongLinks(evaluation)).toEqual([]);
		expect(trails.filter(({ hops }) => new Set(hops.map(({ format }) => format)).size > 1)).toEqual([]);
		expect(missingOf(trails, "smtpf").filter((what) => what === "the log of the next server, which took it").length).toBeGreaterThan(70);
		expect(missingOf(trails, "sun-mta").filter((what) => what === "the log of the layer before it").length).toBeGreaterThan(60);
		// What may be the same mail is told, and not believed.
		const candidates = trails.flatMap((trail) => trail.candidates);
		expect(candidates.length).toBeGreaterThan(100);
		expect(Math.max(...candidates.map(({ confidence }) => confidence))).toBeLessThan(0.5);
	});

	test("without the log of the front, mails begin at the MTA", async () => {
		const { trails, evaluation } = await follow({ ...chain, front: [] });
		expect(wrongLinks(evaluation)).toEqual([]);
		expect(share(boundary(evaluation, "postfix - sun-mta"), "found", "truth")).toBeGreaterThanOrEqual(0.9);
		expect(missingOf(trails, "postfix")).not.toContain("its previous hop");
	});

	test("without the log of the store, what it took over is relayed", async () => {
		const { trails, evaluation } = await follow({ ...chain, store: [] });
		expect(wrongLinks(evaluation)).toEqual([]);
		expect(missingOf(trails, "postfix")).toContain("the log of store1.example.net, which took it");
		const outcomes = new Set(trails.flatMap(({ recipients }) => recipients.map(({ outcome }) => outcome)));
		expect(outcomes).not.toContain("delivered");
	});

	test("without the log of the filters, the MTA tells what they decided", async () => {
		const { evaluation } = await follow({ ...chain, mta: only(chain.mta, /postfix/) });
		expect(wrongLinks(evaluation)).toEqual([]);
		expect(share(evaluation.recipients, "right", "truth")).toBeGreaterThan(0.98);
	});

	test("with hosts that their own logs call otherwise than DNS does", async () => {
		const renamed = (lines: readonly Line[]): Line[] =>
			lines.map((line) => ({ ...line, text: line.text.replace(/^(.{15}) mx1 /, "$1 gw7 ").replace(/^(.{15}) mx2 /, "$1 relay-b ") }));
		const { evaluation } = await follow({ ...chain, front: renamed(chain.front), mta: renamed(chain.mta) });
		expect(wrongLinks(evaluation)).toEqual([]);
		expect(boundary(evaluation, "smtpf - postfix")).toEqual(boundary(whole.evaluation, "smtpf - postfix"));
	});

	test("with stamps that are far ahead for one record, nothing is held back", async () => {
		const jumped = (lines: readonly Line[]): Line[] =>
			lines.map((line, index) => (index % 150 === 100 ? { ...line, text: line.text.replace(/^Nov 21 ../, "Dec 30 23") } : line));
		const { evaluation } = await follow({ ...chain, front: jumped(chain.front), mta: jumped(chain.mta) });
		expect(wrongLinks(evaluation)).toEqual([]);
		for (const name of ["smtpf - postfix", "postfix - milter-manager", "postfix - sun-mta"])
			expect(share(boundary(evaluation, name), "found", "truth"), name).toBeGreaterThan(0.9);
	});

	test("with a log that is given twice, that is told", async () => {
		const { summary } = await follow(chain, ["front", "front", "mta", "store"]);
		expect(summary.doubled).toEqual(["front", "front"]);
		expect(whole.summary.doubled).toEqual([]);
	});

	test("with the log of the MTA sorted by its text, its order is not trusted", async () => {
		const mta = chain.mta.toSorted((a, b) => (a.text < b.text ? -1 : 1));
		const { evaluation, summary } = await follow({ ...chain, mta });
		expect(summary.sorted).toEqual(["mta"]);
		expect(boundary(evaluation, "postfix - milter-manager").map(({ links, right }) => links - right)).toEqual([0]);
		expect(whole.summary.sorted).toEqual([]);
	});

	test("with parts of a log joined in the wrong order, that is told", async () => {
		const half = Math.floor(chain.mta.length / 2);
		const next = chain.mta.slice(half).map((line) => ({ ...line, text: line.text.replace(/^Nov 21/, "Nov 22") }));
		const { summary } = await follow({ ...chain, mta: [...next, ...chain.mta.slice(0, half)] });
		expect(summary.backward.map(({ name, seconds }) => [name, Math.round(seconds / 3600)])).toEqual([["mta", 24]]);
		expect(whole.summary.backward).toEqual([]);
	});

	test("with a line in thirty lost, what is left of a mail is enough for most", async () => {
		const torn = (lines: readonly Line[]): Line[] => lines.filter((_, index) => index % 31 !== 17);
		const { evaluation } = await follow({ ...chain, front: torn(chain.front), mta: torn(chain.mta), store: torn(chain.store) });
		for (const name of ["smtpf - postfix", "postfix - milter-manager", "postfix - sun-mta"])
			expect(share(boundary(evaluation, name), "right", "links"), name).toBeGreaterThan(0.98);
		const found = (name: string): number =>
			share(boundary(evaluation, name), "found", "truth") / share(boundary(whole.evaluation, name), "found", "truth");
		for (const name of ["smtpf - postfix", "postfix - milter-manager", "postfix - sun-mta"])
			expect(found(name), name).toBeGreaterThan(0.92);
		expect(share(evaluation.recipients, "right", "truth")).toBeGreaterThan(0.92);
	});

	test.each([
		["at its beginning", 0, 0.35],
		["in the middle", 0.4, 0.6],
		["at its end", 0.65, 1],
	])("with the log of the MTA cut %s, what is left is linked, and the ends are told", async (_, from, to) => {
		const { length } = chain.mta;
		const mta = chain.mta.filter((__, index) => index < from * length || index >= to * length);
		const { trails, evaluation } = await follow({ ...chain, mta });
		expect(wrongLinks(evaluation)).toEqual([]);
		const found = (name: string): number =>
			share(boundary(evaluation, name), "found", "truth") / share(boundary(whole.evaluation, name), "found", "truth");
		for (const name of ["smtpf - postfix", "postfix - sun-mta"]) expect(found(name), name).toBeGreaterThan(1 - (to - from) - 0.1);
		expect(missingOf(trails, "smtpf")).toContain("its next hop");
		if (to < 1) expect(missingOf(trails, "postfix")).toContain("its beginning");
		if (from > 0) expect(missingOf(trails, "postfix")).toContain("its end");
		const lost = trails.filter(
			({ hops, candidates }) =>
				candidates.every(({ format }) => format !== "postfix") &&
				hops.every(({ format, missing }) => format === "smtpf" && missing.includes("its next hop")),
		);
		expect(lost.length).toBeGreaterThan(10);
		for (const { recipients } of lost) expect(recipients.map(({ outcome }) => outcome)).not.toContain("delivered");
	});
});
