import { describe, expect, test } from "vitest";
import { Clocks } from "../../src/correlate/clocks.js";
import { Linker } from "../../src/correlate/linker.js";
import { Names } from "../../src/correlate/names.js";
import { correlate, type EventSource, events, loadFormats, loadFraming, openInput, type Trail } from "../../src/index.js";
import {
	atFront,
	atMta,
	atStore,
	DAY,
	FILTER,
	FRONT,
	filtering,
	HOUR,
	hop,
	linksOf,
	type Mail,
	MTA,
	NOON,
	SECOND,
	STORE,
	traffic,
	trailWith,
} from "./mails.js";
import { sampleEvent } from "./sample-trails.js";

const [formats, framing] = [await loadFormats(), await loadFraming()];
const LOGS = ["smtpf/captures/chain-b.log", "milter-manager/captures/chain-b.mail.log", "sun-mta/captures/stand-in-chain-b.log"];

const source = (log: string): EventSource => ({
	name: log,
	async *events() {
		yield* events(await openInput(`corpus/${log}`), { formats, framing, year: 2026, inputId: log });
	},
});

async function trailsOf(logs: readonly string[]): Promise<Trail[]> {
	const found: Trail[] = [];
	for await (const trail of correlate(logs.map(source), { formats })) found.push(trail);
	return found;
}

test("the same logs give the same trails in whatever order they are named", async () => {
	const trails = await trailsOf(LOGS);
	expect(trails.length).toBeGreaterThan(100);
	expect(JSON.stringify(await trailsOf([...LOGS].reverse()))).toBe(JSON.stringify(trails));
});

/** Mails in the order of their hops, and how many trails were written when. */
function stream(mails: readonly Mail[]): { readonly trails: Trail[]; readonly before: number } {
	const clocks = new Clocks();
	for (const { host } of [FRONT, MTA, STORE]) clocks.addHost(host);
	const linker = new Linker(clocks, new Names(), 5 * DAY);
	const trails: Trail[] = [];
	for (const mail of mails) {
		linker.add(FRONT, atFront(mail));
		linker.add(MTA, atMta(mail));
		linker.add(STORE, atStore(mail));
		trails.push(...linker.round(mail.at));
	}
	const before = trails.length;
	trails.push(...linker.end());
	return { trails, before };
}

describe("a trail is written", () => {
	const mails = traffic(400);
	const { trails, before } = stream(mails);

	test("as soon as nothing more is awaited, not at the end", () => {
		expect(before).toBeGreaterThan(350);
	});

	test("once, and whole", () => {
		expect(new Set(trails.map(({ trail_id }) => trail_id)).size).toBe(400);
		expect(trails.filter((trail) => linksOf(trail).length !== 2)).toEqual([]);
	});
});

test("layers that hand nothing to each other do not wait for each other", () => {
	const clocks = new Clocks();
	clocks.addHost(MTA.host);
	const linker = new Linker(clocks, new Names(), 5 * DAY);
	let written = 0;
	for (const mail of traffic(6000)) {
		linker.add(MTA, atMta(mail));
		written += [...linker.round(mail.at)].length;
	}
	expect(written).toBeGreaterThan(4000);
});

test("a hop is judged when all of two minutes around it are there", () => {
	const clocks = new Clocks();
	for (const { host } of [FRONT, MTA]) clocks.addHost(host);
	const linker = new Linker(clocks, new Names(), 5 * DAY);
	const written: Trail[] = [];
	for (const mail of traffic(60)) {
		linker.add(FRONT, atFront(mail));
		linker.add(MTA, { ...atMta(mail), handovers: [] });
		written.push(...linker.round(mail.at));
	}
	// Two equal mails a second apart; the hop that is nearer to the first is complete a minute later.
	const mail: Mail = { at: NOON };
	const front = atFront(mail);
	const [late, early] = [atMta(mail), atMta({ ...mail, at: NOON + 30 * SECOND })];
	linker.add(FRONT, front);
	linker.add(MTA, { ...early, handovers: [] });
	for (let seconds = 0; seconds <= 60; seconds += 10) written.push(...linker.round(NOON + seconds * SECOND));
	linker.add(MTA, { ...late, handovers: [] });
	written.push(...linker.round(NOON + HOUR), ...linker.end());
	expect(trailWith(written, front)).toBe(trailWith(written, late));
});

test("a hop whose neighbour is late waits for it", () => {
	const clocks = new Clocks();
	for (const { host } of [FRONT, MTA, STORE]) clocks.addHost(host);
	const linker = new Linker(clocks, new Names(), 5 * DAY);
	const written: Trail[] = [];
	const late = { at: NOON - 1000 * SECOND, from: "late@example.org" };
	const [front, mta] = [atFront(late), atMta(late)];
	linker.add(FRONT, front);
	for (const mail of traffic(400)) {
		linker.add(FRONT, atFront(mail));
		linker.add(MTA, atMta(mail));
		written.push(...linker.round(mail.at));
	}
	// The MTA could not hand it on for two days.
	linker.add(MTA, mta);
	written.push(...linker.round(NOON + 2 * DAY), ...linker.end());
	expect(linksOf(trailWith(written, front))).toEqual(["front → mta"]);
});

test("a filter session that ends when the trail of its connection is written has a trail of its own", () => {
	const long: Mail = { at: NOON - HOUR, from: "long@example.org" };
	const connection = { ...atMta(long), filterings: [{ ...filtering("mta", 1, long.at, long.at), end: undefined }] };
	const session = hop(long.at, { end: long.at + 2 * HOUR, filterings: [filtering("filter", 1, long.at, long.at + 2 * HOUR)] });
	const clocks = new Clocks();
	for (const { host } of [FRONT, MTA, STORE]) clocks.addHost(host);
	const linker = new Linker(clocks, new Names(), 5 * DAY);
	const written: Trail[] = [];
	linker.add(FRONT, atFront(long));
	linker.add(MTA, connection);
	linker.add(STORE, atStore(long));
	for (const mail of traffic(800)) {
		linker.add(FRONT, atFront(mail));
		linker.add(MTA, atMta(mail));
		linker.add(STORE, atStore(mail));
		written.push(...linker.round(mail.at));
	}
	expect(linksOf(trailWith(written, connection))).toEqual(["front → mta", "mta → store"]);
	linker.add(FILTER, session);
	written.push(...linker.end());
	expect(linksOf(trailWith(written, session))).toEqual([]);
});

describe("trails are written on the way", () => {
	const COUNT = 6000;

	/** Connections a minute apart, the stamps of which a test moves; how many trails came before the log was read to its end. */
	async function writtenBefore(moved: (index: number) => number): Promise<number> {
		let isRead = false;
		let count = 0;
		const log: EventSource = {
			name: "mx.log",
			host: "mx1",
			async *events() {
				for (let index = 0; index < COUNT; index++)
					for (const [half, code] of ["smtpd/connect", "smtpd/disconnect"].entries()) {
						const time = new Date(NOON + index * 60 * SECOND + moved(index)).toISOString();
						const told = { time, code, pid: 1, fields: { daemon: "smtpd" }, client: { ip: "192.0.2.1" } };
						yield sampleEvent("mx.log", 2 * index + half + 1, "postfix", told);
					}
				isRead = true;
			},
		};
		let before = 0;
		for await (const _ of correlate([log], { formats, expiryDays: 0.01 })) {
			count++;
			if (!isRead) before++;
		}
		expect(count).toBe(COUNT);
		return before;
	}

	test.each([
		["in a log whose stamps grow", () => 0],
		["also after one stamp that is years ahead", (index: number) => (index === 4500 ? 9000 * DAY : 0)],
		["also when the later of two logs stands in front", (index: number) => (index < 4500 ? 0 : -100 * DAY)],
	])("%s", async (_, moved) => {
		// The last few are open when the log is over.
		expect(await writtenBefore(moved)).toBeGreaterThan(COUNT - 100);
	});
});
