/** What mails cost that are alike, or whose time goes back: no more than three times as much an event as ordinary ones. */
import { correlate, emptyCorrelateSummary, events, type Input, loadFormats, loadFraming } from "../../src/index.js";
import { atMost, ratio, table, whole } from "./table.js";

/** One mail through one host, as Postfix logs it. */
interface Mail {
	/** Seconds since the first of January. */
	readonly at: number;
	readonly number: number;
	readonly messageId: string;
	readonly from: string;
	readonly to: string;
	readonly client?: string;
	readonly relay?: string;
	/** In one connection with others: it has none of its own. */
	readonly isShared?: boolean;
}

const JANUARY = Date.UTC(2026, 0, 1);
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (number: number): string => String(number).padStart(2, "0");

function stamp(at: number): string {
	const date = new Date(JANUARY + at * 1000);
	const day = String(date.getUTCDate()).padStart(2, " ");
	return `${MONTHS[date.getUTCMonth()]} ${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

function linesOf(host: string, mail: Mail): string[] {
	const { at, number, messageId, from, to, client = "198.51.100.7", relay = "store1.example.net[10.1.1.3]:25", isShared = false } = mail;
	const id = (0xa00000000000 + number).toString(16).toUpperCase();
	const smtpd = `smtpd[${isShared ? 5 : 1000 + (number % 30_000)}]`;
	const peer = `c.example.org[${client}]`;
	const texts = [
		...(isShared ? [] : [`${smtpd}: connect from ${peer}`]),
		`${smtpd}: ${id}: client=${peer}`,
		`cleanup[77]: ${id}: message-id=<${messageId}>`,
		`qmgr[78]: ${id}: from=<${from}>, size=1000, nrcpt=1 (queue active)`,
		...(isShared ? [] : [`${smtpd}: disconnect from ${peer} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`]),
		`smtp[79]: ${id}: to=<${to}>, relay=${relay}, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 ok)`,
		`qmgr[78]: ${id}: removed`,
	];
	return texts.map((text) => `${stamp(at)} ${host} postfix/${text}`);
}

const FRONT = { relay: "mx2.example.net[10.1.1.2]:25" };
const BACK = { client: "10.1.1.1" };
const DAY = 86_400;

const other = (number: number): Pick<Mail, "messageId" | "from" | "to"> => ({
	messageId: `id${number}@example.org`,
	from: `a${number}@example.org`,
	to: `c${number}@example.net`,
});
const ALIKE = { messageId: "same@example.org", from: "a@example.org", to: "c@example.net" };

/** The mails of one host, or of two. */
const CASES: Readonly<Record<string, readonly ((number: number, count: number) => Mail)[]>> = {
	ordinary: [(number) => ({ at: Math.floor(number / 5), number, ...other(number) })],
	"time goes backwards": [(number) => ({ at: 90 * DAY - number * 5, number, ...other(number) })],
	"time goes to and fro": [(number) => ({ at: (number % 2) * 20 * DAY + Math.floor(number / 50), number, ...other(number) })],
	"one connection": [(number) => ({ at: Math.floor(number / 50), number, ...other(number), isShared: true })],
	"two hosts, ordinary": [FRONT, BACK].map((side) => (number) => ({ at: Math.floor(number / 5), number, ...other(number), ...side })),
	"two hosts, alike within a second": [FRONT, BACK].map((side) => (number) => ({ at: 0, number, ...ALIKE, ...side })),
	"two hosts, alike in ten minutes": [FRONT, BACK].map((side) => (number, count) => ({
		at: Math.floor((number * 600) / count),
		number,
		...ALIKE,
		...side,
	})),
};

const CHUNK = 65_536;

function inputOf(name: string, text: string): Input {
	const bytes = Buffer.from(text);
	return {
		name,
		modified: undefined,
		async *chunks() {
			for (let at = 0; at < bytes.length; at += CHUNK) yield Buffer.from(bytes.subarray(at, at + CHUNK));
		},
	};
}

/** Nanoseconds of the processor for each event. */
async function cost(mails: readonly ((number: number, count: number) => Mail)[], count: number): Promise<number> {
	const [formats, framing] = [await loadFormats(), await loadFraming()];
	const numbers = Array.from({ length: count }, (_, number) => number);
	const sources = mails.map((mail, index) => {
		const name = `mx${index + 1}`;
		const text = numbers.flatMap((number) => linesOf(name, mail(number, count))).join("\n");
		return { name, events: () => events(inputOf(name, `${text}\n`), { formats, framing, year: 2026, inputId: name }) };
	});
	const summary = emptyCorrelateSummary();
	const start = process.cpuUsage();
	for await (const _ of correlate(sources, { formats }, summary));
	return (process.cpuUsage(start).user * 1000) / summary.events;
}

const MOST_TIMES = 3;

export async function crowds(most: number): Promise<string> {
	const rows: string[][] = [];
	let ordinary = 0;
	// The first run pays for what V8 compiles.
	for (const mails of Object.values(CASES).slice(0, 1)) await cost(mails, most);
	for (const [name, mails] of Object.entries(CASES)) {
		const spent = await cost(mails, most);
		ordinary ||= spent;
		rows.push([name, whole(spent), ratio(spent / ordinary), ...atMost(spent / ordinary, MOST_TIMES)]);
	}
	return table([`correlate, ${most} mails that are`, "ns per event", "times", "at most", "reached"], rows);
}
