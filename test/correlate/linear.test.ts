/**
 * Work grows with what is read, and no faster: what is counted is how often anything of a hop is looked at. Each of these inputs took minutes
 * when work grew with the square of it.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Clocks } from "../../src/correlate/clocks.js";
import { Course, GRACE, Ripening } from "../../src/correlate/course.js";
import { Heap } from "../../src/correlate/heap.js";
import { Linker } from "../../src/correlate/linker.js";
import { Names } from "../../src/correlate/names.js";
import type { Layer } from "../../src/correlate/nodes.js";
import { Timeline } from "../../src/correlate/timeline.js";
import type { Hop } from "../../src/format/trail.js";
import {
	arrival,
	atFront,
	atMta,
	DAY,
	FILTER,
	FRONT,
	filtering,
	HOUR,
	handover,
	hop,
	MTA,
	NOON,
	recipient,
	SECOND,
	traffic,
} from "./mails.js";

const count = (most: number): number[] => Array.from({ length: most }, (_, index) => index);

/** A hop, and how often its parts are read. */
function counted<Part extends object>(part: Part, see: () => void): Part {
	return new Proxy(part, {
		get(target, key) {
			see();
			const value: unknown = Reflect.get(target, key);
			return key === "arrival" && typeof value === "object" && value !== null ? counted(value, see) : value;
		},
	});
}

interface Step {
	readonly layer: Layer;
	readonly hop: Hop;
	/** Corrected time at which it comes. */
	readonly at: number;
}

/** How often hops are looked at, for each of them. */
function looks(steps: readonly Step[], rounds: readonly number[] = []): number {
	let seen = 0;
	const clocks = new Clocks();
	for (const { host } of [FRONT, MTA]) clocks.addHost(host);
	const linker = new Linker(clocks, new Names(), 5 * DAY);
	let trails = 0;
	const tell = (found: Iterable<unknown>): void => {
		for (const _ of found) trails++;
	};
	let last = Number.NaN;
	for (const { layer, hop: one, at } of steps) {
		const handovers = one.handovers.map((part) => counted(part, () => seen++));
		linker.add(
			layer,
			counted({ ...one, handovers }, () => seen++),
		);
		if (!(Math.abs(at - last) < 60_000)) {
			tell(linker.round(at));
			last = at;
		}
	}
	for (const at of rounds) tell(linker.round(at));
	tell(linker.end());
	expect(trails).toBeGreaterThan(0);
	return seen / steps.length;
}

const taken = (at: number, index: number): Step => ({
	layer: FRONT,
	hop: hop(at, { arrival: arrival(at, { from: `s${index}@example.org`, message_ids: [`m${index}`] }) }),
	at,
});

const alike = { from: "anna@example.org", to: ["ben@example.net"], messageId: "same@example.org" };

const CASES: Readonly<Record<string, (many: number) => number>> = {
	"time that goes backwards": (many) => looks(count(many).map((index) => taken(NOON - index * 5 * SECOND, index))),
	"time that goes to and fro": (many) => looks(count(many).map((index) => taken(NOON + (index % 2) * 20 * DAY + index * SECOND, index))),
	"mails of one second that are alike in everything": (many) =>
		looks(
			count(many).flatMap(() => [
				{ layer: FRONT, hop: atFront({ at: NOON, ...alike }), at: NOON },
				{ layer: MTA, hop: atMta({ at: NOON, ...alike }), at: NOON },
			]),
		),
	"a crowd that waits for five days": (many) => {
		const known = traffic(60).flatMap((mail) => [
			{ layer: FRONT, hop: atFront(mail), at: mail.at },
			{ layer: MTA, hop: atMta(mail), at: mail.at },
		]);
		const waiting = count(many).map((index) => ({
			layer: FRONT,
			hop: atFront({ at: NOON + index, from: `w${index}@example.org`, messageId: `w${index}@example.org` }),
			at: NOON + index,
		}));
		return looks(
			[...known, ...waiting],
			count(121).map((hour) => NOON + hour * HOUR),
		);
	},
	"mails of one connection": (many) =>
		looks([
			{ layer: FILTER, hop: hop(NOON, { filterings: [filtering("filter", 1, NOON, NOON + HOUR)] }), at: NOON },
			...count(many).map((index) => {
				const at = NOON + index;
				const step = { message_ids: [`m${index}@example.org`], from: `s${index}@example.org` };
				return { layer: MTA, hop: hop(at, { arrival: arrival(at, step), filterings: [filtering("mta", 1, NOON, NOON + HOUR)] }), at };
			}),
		]),
	"recipients of one mail": (many) => {
		const to = count(many).map((index) => `user${index}@example.net`);
		const handovers = to.map((address) => handover(NOON, { to: [address] }));
		const recipients = to.map((address) => recipient("handed_on", { address }));
		return looks([{ layer: FRONT, hop: hop(NOON, { arrival: arrival(NOON, { to }), handovers, recipients }), at: NOON }]) / many;
	},
};

test.each(Object.keys(CASES))("%s", (name) => {
	const [few, many] = [CASES[name]?.(300) ?? 0, CASES[name]?.(1200) ?? 0];
	expect(few).toBeGreaterThan(0);
	expect(many).toBeLessThan(few * 1.2);
});

describe("what work is saved with", () => {
	test("a heap gives what was put in, in order, of equals the first one first", () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(9))), (pairs) => {
				const heap = new Heap<number>();
				const held: (readonly [key: number, thing: number])[] = [];
				for (const [index, [key, most]] of pairs.entries()) {
					heap.add(key, index);
					held.push([key, index]);
					held.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
					const first = held[0];
					const expected = first !== undefined && first[0] <= most ? held.shift()?.[1] : undefined;
					expect(heap.take(most)).toBe(expected);
				}
				expect(heap.size).toBe(held.length);
			}),
		);
	});

	test("a timeline gives the nearest first, however many there are", () => {
		fc.assert(
			fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 1500 }), fc.nat(50), fc.array(fc.nat(1499)), (times, time, deleted) => {
				const all = times.map((one, number) => ({ time: one, number }));
				const timeline = new Timeline(...all);
				const gone = new Set(deleted.flatMap((index) => all[index] ?? []));
				for (const one of gone) timeline.delete(one);
				const left = all.filter((one) => !gone.has(one));
				expect(timeline.size).toBe(left.length);
				expect([...timeline]).toEqual(left.toSorted((a, b) => a.time - b.time || a.number - b.number));
				const distances = Array.from(timeline.nearest(time), (one) => Math.abs(one.time - time));
				expect(distances).toEqual(left.map((one) => Math.abs(one.time - time)).sort((a, b) => a - b));
			}),
		);
	});

	test("what waits is ripe at its time, or when as much has passed in the other direction", () => {
		const course = new Course();
		course.go(NOON);
		const waiting = new Ripening<string>(course);
		waiting.add("later", NOON + 2 * GRACE, 2 * GRACE);
		waiting.add("soon", NOON + GRACE, GRACE);
		expect(waiting.take()).toEqual([]);
		course.go(NOON + GRACE);
		expect(waiting.take()).toEqual(["soon"]);
		for (let minute = 1; minute <= 70; minute++) course.go(NOON - minute * 60 * SECOND);
		expect(waiting.take()).toEqual(["later"]);
		expect(waiting.size).toBe(0);
	});

	test("one stamp that is far off makes nothing ripe", () => {
		const course = new Course();
		course.go(NOON);
		const waiting = new Ripening<string>(course);
		waiting.add("later", NOON + GRACE, GRACE);
		for (const at of [NOON - 400 * DAY, NOON]) {
			course.go(at);
			expect(waiting.take()).toEqual([]);
		}
	});
});
