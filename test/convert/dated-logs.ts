/** Logs with stamps of all kinds, what each tells of its date, and the dates that follow: the rule of years, written once more and simply. */
import fc from "fast-check";

/** A day; stamps may leave out the year. */
interface Day {
	readonly year?: number | undefined;
	readonly month: number;
	readonly day: number;
}

type FullDay = Day & { readonly year: number };

/** A record: its text, and what it tells. */
export interface Dated {
	readonly text: string;
	/** The stamp that others are dated from: that of the frame, or of a record without a frame. */
	readonly followed?: Day | undefined;
	/** The stamp that is shown, where it is another one. */
	readonly shown?: Day | undefined;
	/** The day on which the session of the record began. */
	readonly id?: FullDay | undefined;
}

/** What else is known. */
export interface Given {
	readonly year?: number | undefined;
	readonly modified?: Date | undefined;
}

export const MAX_LINE = 300;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const two = (value: number): string => String(value).padStart(2, "0");
const clockOf = (second: number): string => `02:${two(Math.floor(second / 60))}:${two(second % 60)}`;
const stampOf = ({ month, day }: Day, clock: string): string => `${MONTHS[month - 1]} ${String(day).padStart(2)} ${clock}`;
const isoOf = ({ year, month, day }: FullDay): string => `${year}-${two(month)}-${two(day)}`;

const SENT = "mx1 postfix/qmgr[640]: 4F1B2245E2: removed";
const ENTRY = "10:52:05.41 1e488.0 l            tcp_local    E 1 a@sesta.com rfc822;b@sesta.com b@sesta.com imta/ZZ01.00 <0FCN@SESTA.COM>";
const entry = ({ year, month, day }: FullDay): string => `${two(day)}-${MONTHS[month - 1]}-${year} ${ENTRY}`;
const sessionId = ({ year, month, day }: FullDay): string =>
	`${BASE_62[year - 2024]}${BASE_62[month - 1]}${BASE_62[day - 1]}28W2746100001${"00"}`;

/** Days of a year that has them all. */
const daysOf = (month: number): number => new Date(Date.UTC(2024, month, 0)).getUTCDate();
const anyDay = fc
	.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(30))
	.map(([month, at]): FullDay => ({ year: 2026, month, day: 1 + (at % daysOf(month)) }));
const day: fc.Arbitrary<FullDay> = fc.oneof(
	anyDay,
	fc.constantFrom(
		...[
			[12, 3],
			[12, 31],
			[1, 1],
			[2, 28],
			[2, 29],
			[3, 1],
			[11, 21],
		].map(([month = 1, at = 1]) => ({ year: 2026, month, day: at })),
	),
);
const second = fc.nat(3599);
const yearless = ({ month, day }: Day): Day => ({ month, day });
const inYear = fc.tuple(day, fc.integer({ min: 2024, max: 2028 })).map(([at, year]) => ({ ...at, year }));
/** A day that was: the kernel believes no 29 February of a year without one. */
const realDay = inYear.filter(({ year, month, day }) => new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day);

const plain = fc
	.tuple(day, second)
	.map(([at, time]): Dated[] => [{ text: `${stampOf(at, clockOf(time))} ${SENT}`, followed: yearless(at) }]);

/** A line with a year of its own, in a frame of some kind or without one. */
const anchored = fc.tuple(realDay, second, fc.nat(2)).map(([at, time, kind]): Dated[] => {
	const clock = clockOf(time);
	if (kind === 0) return [{ text: `${MONTHS[at.month - 1]} ${String(at.day).padStart(2)} ${at.year} ${clock} ${SENT}`, followed: at }];
	if (kind === 1) return [{ text: `${isoOf(at)}T${clock}+00:00 ${SENT}`, followed: at }];
	return [{ text: entry(at), followed: at }];
});

/** A record with an id, made on some day before. */
const identified = fc
	.tuple(day, second, realDay)
	.map(([at, time, id]): Dated[] => [
		{ text: `${stampOf(at, clockOf(time))} mx1 smtpf[7]: ${sessionId(id)} #599 ready`, followed: yearless(at), id },
	]);

/** A frame around a record that has a stamp of its own. */
const framed = fc.tuple(fc.oneof(day.map(yearless), realDay), second, realDay).map(([at, time, own]): Dated[] => {
	const stamp = at.year === undefined ? stampOf(at, clockOf(time)) : `${isoOf(at as FullDay)}T${clockOf(time)}Z`;
	return [{ text: `${stamp} mx1 imta[12]: ${entry(own)}`, followed: at, shown: own }];
});

/** A console record that goes on in lines that look like records. */
const folded = fc.tuple(realDay, second, realDay, fc.boolean()).map(([at, time, other, isEnded]): Dated[] => {
	const begin = `[${isoOf(at)}T${clockOf(time)}.602436Z]: [statistics] [milter][header][add](2): <X-Report>=<first`;
	const all = `${begin}\n${entry(other)}\n ${stampOf(other, "02:00:00")} ${SENT}\n last>: spam`;
	// Where it does not go on, an entry is a record like any other.
	return isEnded
		? [{ text: all, followed: at }]
		: [
				{ text: `${begin}>: spam`, followed: at },
				{ text: entry(other), followed: other },
			];
});

/** A line that is too long; its second piece begins like a record. */
const long = fc.tuple(day, day, second).map(([at, other, time]): Dated[] => {
	const begin = `${stampOf(at, clockOf(time))} ${SENT} `;
	const piece = `${stampOf(other, "02:00:00")} ${SENT} `;
	return [
		{ text: begin.padEnd(MAX_LINE, "x"), followed: yearless(at) },
		{ text: piece.padEnd(MAX_LINE, "x"), followed: yearless(other) },
		{ text: "end" },
	];
});

const dateless = fc
	.tuple(day, fc.constantFrom("25:61:00", "24:00:00", "02:60:00", "02:00:61"))
	.map(([at, clock]): Dated[] => [{ text: `${stampOf(at, clock)} ${SENT}` }]);
const nothing = fc.constantFrom("", "some text", "mail.info mx1 postfix/qmgr[640]: 4F1B2245E2: removed").map((text): Dated[] => [{ text }]);

/** Records in lines of their own; those of one line stand in one array. */
export type Lines = readonly (readonly Dated[])[];

const line = fc.oneof(
	{ weight: 6, arbitrary: plain },
	anchored,
	identified,
	framed,
	{ weight: 3, arbitrary: folded },
	long,
	dateless,
	nothing,
);
/** Without years in stamps. */
const yearlessLine = fc.oneof({ weight: 6, arbitrary: plain }, identified, long, dateless, nothing);
const bareLine = fc.oneof({ weight: 6, arbitrary: plain }, long, dateless, nothing);

/** Each line a few times, as in real logs many stand on one day. */
const repeated = (one: fc.Arbitrary<Dated[]>): fc.Arbitrary<Lines> =>
	fc
		.array(fc.tuple(one, fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 14 })
		.map((lines) => lines.flatMap(([records, times]) => Array.from({ length: times }, () => records)));

export const datedLog: fc.Arbitrary<Lines> = fc.oneof(repeated(line), repeated(yearlessLine), repeated(bareLine));

/** Pieces of a line that is too long follow each other without a line end; so do the lines of a record, which hold theirs. */
export const bytesOf = (lines: Lines): string =>
	lines
		.map((records) => `${records.map(({ text }) => text).join(records.some(({ text }) => text.length === MAX_LINE) ? "" : "\n")}\n`)
		.join("");

// --- the rule ---

const LONG_YEAR = 366;
const isLeap = (year: number): boolean => new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
const placeOf = ({ month, day }: Day): number => (Date.UTC(2024, month - 1, day) - Date.UTC(2024, 0, 1)) / 86_400_000;
const isLeapDay = ({ month, day }: Day): boolean => month === 2 && day === 29;

/** A follower more than 31 days earlier in the calendar lies in the next year; less is disorder, also across New Year. */
const stepOf = (from: number, to: number): number => (to - from < -31 ? 1 : to - from >= LONG_YEAR - 31 ? -1 : 0);

/** Years of followed stamps, counted from that of the first one up to the first that tells its year, and what is real from there on. */
function walked(stamps: readonly Day[]): { readonly year: number; readonly isReal: boolean }[] {
	let last: { year: number; place: number } | undefined;
	let before: typeof last;
	let isReal = false;
	return stamps.map((stamp) => {
		const place = placeOf(stamp);
		if (stamp.year !== undefined) {
			last = { year: stamp.year, place };
			before = undefined;
			isReal = true;
		} else if (last === undefined) last = { year: 0, place };
		else if (place !== last.place) {
			// What leaped away is taken back: it was wrong.
			const isBack = before !== undefined && Math.abs(place - before.place) <= 1;
			const year = isBack ? (before?.year ?? 0) : last.year + stepOf(last.place, place);
			const hasLeaped = !isBack && Math.abs((year - last.year) * LONG_YEAR + place - last.place) > 31;
			before = hasLeaped ? last : undefined;
			last = { year, place };
		}
		return { year: last.year, isReal };
	});
}

/** The year of the first stamp: from the first one with a year, else what most ids tell, else what is given, else the file. */
function firstYear(records: readonly Dated[], { year, modified }: Given): number | undefined {
	const stamped = records.filter(({ followed }) => followed !== undefined);
	const stamps = stamped.map(({ followed }) => followed as Day);
	const anchor = stamps.findIndex((stamp) => stamp.year !== undefined);
	if (anchor >= 0) {
		const at = walked(stamps.map(yearless))[anchor]?.year ?? 0;
		return (stamps[anchor]?.year ?? 0) - at;
	}
	const years = walked(stamps);
	const votes = new Map<number, number>();
	stamped.forEach(({ id, followed }, i) => {
		if (id === undefined || followed === undefined) return;
		const told = id.year + stepOf(placeOf(id), placeOf(followed));
		if (isLeapDay(followed) && !isLeap(told)) return;
		const first = told - (years[i]?.year ?? 0);
		votes.set(first, (votes.get(first) ?? 0) + 1);
	});
	const [told] = [...votes].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
	if (told !== undefined) return told[0];
	if (year !== undefined || modified === undefined) return year;
	const end = stamps.at(-1);
	if (end === undefined) return undefined;
	const latest = modified.getTime() + 86_400_000;
	const toEnd = years.at(-1)?.year ?? 0;
	const fitting = Array.from({ length: 20 }, (_, i) => modified.getUTCFullYear() + 2 - i - toEnd).filter(
		(first) => Date.UTC(first + toEnd, end.month - 1, end.day) <= latest,
	);
	const hasLeapDays = (first: number): boolean => stamps.every((stamp, i) => !isLeapDay(stamp) || isLeap(first + (years[i]?.year ?? 0)));
	return fitting.slice(0, 9).find(hasLeapDays) ?? fitting[0];
}

/** The date of each record; undefined for those without one. */
export function datesOf(records: readonly Dated[], given: Given): (string | undefined)[] {
	const stamps = records.flatMap(({ followed }) => (followed === undefined ? [] : [followed]));
	const first = firstYear(records, given);
	const years = walked(stamps)[Symbol.iterator]();
	return records.map(({ followed, shown }) => {
		if (followed === undefined) return undefined;
		const { year, isReal } = years.next().value ?? { year: 0, isReal: true };
		const stamp = shown ?? followed;
		const known = stamp.year ?? (isReal ? year : first === undefined ? undefined : year + first);
		return known === undefined || (isLeapDay(stamp) && !isLeap(known)) ? undefined : isoOf({ ...stamp, year: known });
	});
}
