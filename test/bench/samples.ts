/**
 * Logs of any length made from the captures of the corpus, always the same ones. Each copy of the captures has other
 * times, ids and addresses: lines that repeat would let every cache look better than it is.
 */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../src/root.js";

/** What differs between copies: the text found and the number of the copy, to the text written. */
type Variation = readonly [find: RegExp, write: (found: string, copy: number, ...groups: string[]) => string];

export interface Sample {
	readonly title: string;
	/** Id of the format. */
	readonly format: string;
	readonly captures: readonly string[];
	/** Reads the stamp at the beginning of a line: its length and its time in milliseconds. */
	readonly readStamp: (line: string) => { readonly length: number; readonly time: number };
	readonly writeStamp: (time: number) => string;
	readonly variations: readonly Variation[];
	/** Options of the logging program in these captures. */
	readonly options?: Readonly<Record<string, string>>;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number): string => String(value).padStart(2, "0");
const clock = (date: Date): string => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;

/** `Nov 21 02:08:27`; the captures are of 2026. */
const syslogStamp: Pick<Sample, "readStamp" | "writeStamp"> = {
	readStamp: (line) => ({ length: 15, time: Date.parse(`${line.slice(0, 6)} 2026 ${line.slice(7, 15)} UTC`) }),
	writeStamp(time) {
		const date = new Date(time);
		return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock(date)}`;
	},
};

/** `21-Nov-2026 03:00:12.81` */
const entryStamp: Pick<Sample, "readStamp" | "writeStamp"> = {
	readStamp: (line) => ({ length: 23, time: Date.parse(`${line.slice(0, 20)} UTC`) + Number(line.slice(21, 23)) * 10 }),
	writeStamp(time) {
		const date = new Date(time);
		const day = `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()}`;
		return `${day} ${clock(date)}.${two(Math.floor((time % 1000) / 10))}`;
	},
};

/** The same mixture of digits for the same two numbers, below the limit. */
const mixed = (value: number, copy: number, limit: number): number => (value * 31 + copy * 7919) % limit;
const lettered = (copy: number, length: number): string => (copy * 7919 + 60466176).toString(36).slice(-length);

/** Two characters of a long queue id of Postfix. */
const consonants = (copy: number): string => {
	const safe = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
	return `${safe[Math.floor(copy / safe.length) % 20]}${safe[copy % safe.length]}`;
};

const addresses: readonly Variation[] = [
	[/[\w.+]+(?=@)/g, (local, copy) => (local.length > 12 ? local.slice(0, -5) + lettered(copy, 5) : `${local}${copy % 1000}`)],
	[
		/\b(192\.0\.2|198\.51\.100|203\.0\.113|10\.1\.1)\.(\d+)\b/g,
		(_, copy, net = "", host) => `${net}.${mixed(Number(host), copy, 254) + 1}`,
	],
];

export const SAMPLES: readonly Sample[] = [
	{
		title: "smtpf",
		format: "smtpf",
		captures: ["normal", "several-recipients", "call-ahead", "relay-denied", "grey", "spf", "dropped", "ipv6"].map(
			(name) => `smtpf/captures/${name}.log`,
		),
		...syslogStamp,
		variations: [
			// The counter of connections in session and transaction ids.
			[
				/\b([0-9A-Za-z]{6}\d{5})(\d{5})([0-9A-Za-z]{2})\b/g,
				(_, copy, head = "", counter, tail = "") => `${head}${String((Number(counter) + copy * 50) % 100_000).padStart(5, "0")}${tail}`,
			],
			...addresses,
			[/(?<=\]:)\d+/g, (port, copy) => `${32_768 + mixed(Number(port), copy, 28_000)}`],
		],
	},
	{
		title: "milter manager",
		format: "milter-manager",
		captures: ["default-pass", "reject-at-rcpt", "eom-modifications", "child-dies-mid-session", "mta-disconnects", "two-workers"].map(
			(name) => `milter-manager/captures/${name}.mail.log`,
		),
		...syslogStamp,
		variations: [
			[/(?<=\]\(|: \[)\d+(?=[)\]])/g, (id, copy) => `${Number(id) + copy * 12}`],
			[/(?<=\[0\.)\d{6}(?=\])/g, (digits, copy) => String(mixed(Number(digits), copy, 1_000_000)).padStart(6, "0")],
			[/\d+(?=\(\+)/g, (total, copy) => `${Number(total) + copy * 5}`],
		],
	},
	{
		title: "Postfix",
		format: "postfix",
		captures: ["postfix/captures/day.log"],
		...syslogStamp,
		variations: [
			// The microseconds of short and of long queue ids.
			[
				/\b[0-9A-F]{5}(?=[0-9A-F]{5,6}\b)/g,
				(digits, copy) => mixed(Number.parseInt(digits, 16), copy, 1_000_000).toString(16).toUpperCase().padStart(5, "0"),
			],
			[/(?<=\b4[0-9A-Za-z]{5})[0-9A-Za-z]{2}(?=[0-9A-Za-z]{2}z[0-9A-Za-z]{4,5}\b)/g, (_, copy) => consonants(copy)],
			...addresses,
			[/(?<=delay=|delays=|\/)\d+(?=[,/.])/g, (seconds, copy) => `${mixed(Number(seconds), copy, 90)}`],
		],
	},
	{
		title: "Sun MTA",
		format: "sun-mta",
		captures: ["sun-mta/captures/stand-in-chain-a.log"],
		...entryStamp,
		variations: [
			[
				/(?<= )([0-9a-f]{4})\.([0-9a-f]+)\.([0-9]+)(?= )/g,
				(_, copy, pid = "", thread = "", sequence = "") => `${pid}.${(Number.parseInt(thread, 16) + copy).toString(16)}.${sequence}`,
			],
			[/(?<=\/ZZ\w{6})\w{5}(?=\.)/g, (_, copy) => lettered(copy, 5)],
			...addresses,
			[/(?<=\|)\d{5}(?= )/g, (port, copy) => `${32_768 + mixed(Number(port), copy, 28_000)}`],
		],
		options: {
			LOG_PROCESS: "1",
			LOG_NODE: "0",
			LOG_NOTARY: "0",
			LOG_FILENAME: "1",
			LOG_ENVELOPE_ID: "1",
			LOG_MESSAGE_ID: "1",
			LOG_USERNAME: "0",
			LOG_CONNECTION: "3",
		},
	},
];

/** Endless lines of a sample, without line ends. */
export function* linesOf(sample: Sample): Generator<string> {
	const captures = sample.captures.map((name) => {
		const text = readFileSync(fileURLToPath(new URL(`corpus/${name}`, packageRoot)), "utf8");
		return text.split("\n").flatMap((line) => {
			if (line === "") return [];
			const { length, time } = sample.readStamp(line);
			return [{ time, rest: line.slice(length) }];
		});
	});
	let now = captures[0]?.[0]?.time ?? 0;
	for (let copy = 0; ; copy++) {
		for (const lines of captures) {
			const begin = lines[0]?.time ?? 0;
			for (const { time, rest } of lines) yield sample.writeStamp(now + time - begin) + varied(rest, sample.variations, copy);
			// Some captures are of a single second.
			now += Math.max(1000, (lines.at(-1)?.time ?? 0) - begin);
		}
	}
}

const varied = (text: string, variations: readonly Variation[], copy: number): string =>
	copy === 0
		? text
		: variations.reduce(
				(before, [find, write]) => before.replace(find, (found: string, ...groups: string[]) => write(found, copy, ...groups)),
				text,
			);

export const firstLines = (sample: Sample, count: number): string[] => {
	const lines: string[] = [];
	for (const line of linesOf(sample)) {
		if (lines.push(line) >= count) break;
	}
	return lines;
};

/** Writes a log of this many lines; gives its size in bytes. */
export function writeLog(sample: Sample, count: number, file: string): number {
	const descriptor = openSync(file, "w");
	let size = 0;
	let block: string[] = [];
	let written = 0;
	const flush = (): void => {
		const text = block.map((line) => `${line}\n`).join("");
		size += writeSync(descriptor, text);
		block = [];
	};
	for (const line of linesOf(sample)) {
		if (written++ >= count) break;
		if (block.push(line) >= 5000) flush();
	}
	flush();
	closeSync(descriptor);
	return size;
}
