import { readFileSync } from "node:fs";
import { type Grammar, grammars, type Node } from "ohm-js";
import { describe, expect, it } from "vitest";
import { FRAME_CAPTURES } from "../../src/format/define.js";
import { packageRoot } from "../../src/root.js";

const source = (path: string): string => readFileSync(new URL(`grammars/${path}.ohm`, packageRoot), "utf8");
const shared = grammars(source("shared/shared"));
const stamps = grammars(source("shared/stamps"), shared);
const framing: Grammar | undefined = grammars(source("frames/syslog/syslog"), { ...shared, ...stamps }).Syslog;
if (framing === undefined) throw new Error("syslog.ohm has no grammar Syslog");

const names: ReadonlySet<string> = new Set(FRAME_CAPTURES);
const semantics = framing.createSemantics().addOperation<[string, string][]>("captured", {
	_terminal: () => [],
	_iter: (...children: Node[]) => children.flatMap((child) => child.captured()),
	_nonterminal(...children: Node[]) {
		const name = this.ctorName.split("__")[0] ?? "";
		return [...(names.has(name) ? [[name, this.sourceString]] : []), ...children.flatMap((child) => child.captured())];
	},
});

/** Captures by name, the parts of the time as `time`: "2026-11-21 02:08:09.25 +00:00", "Nov 21 02:08:09". */
function frame(line: string): Record<string, string> | undefined {
	const match = framing?.match(line, "frame");
	if (match === undefined || match.failed()) return undefined;
	const found: Record<string, string> = {};
	for (const [name, text] of semantics(match).captured() as [string, string][]) {
		expect([name, found[name]]).toEqual([name, undefined]);
		found[name] = text;
	}
	// What a relay passes on, or a daemon says itself.
	const { year, month, day, hour, minute, second, fraction, zone, relayed, ...named } = found;
	const rest = relayed === undefined ? named : { ...named, payload: relayed };
	if (month === undefined) return rest;
	const clock = `${hour}:${minute}:${second}${fraction === undefined ? "" : `.${fraction}`}`;
	return { time: [year, month, day, clock, zone].filter((part) => part !== undefined).join(" "), ...rest };
}

const smtpf = { time: "Nov 21 02:08:27", host: "mx1", program: "smtpf", pid: "27461" };
const precise = { ...smtpf, time: "2026 11 21 02:08:27.251399 +00:00" };

describe("traditional frames", () => {
	it("have a stamp, a host, a program with its process id, and text", () => {
		expect(frame("Nov 21 02:08:27 mx1 smtpf[27461]: #599 ready")).toEqual({ ...smtpf, payload: "#599 ready" });
	});

	it("may have days of one digit, with one or two blanks", () => {
		const payload = "k165S4285856336700 end";
		const expected = { time: "Feb 7 05:28:05", host: "gateway4", program: "smtpf", pid: "28585", payload };
		expect(frame(`Feb  7 05:28:05 gateway4 smtpf[28585]: ${payload}`)).toEqual(expected);
		expect(frame(`Feb 7 05:28:05 gateway4 smtpf[28585]: ${payload}`)).toEqual(expected);
		expect(frame(`Feb 07 05:28:05 gateway4 smtpf[28585]: ${payload}`)).toEqual({ ...expected, time: "Feb 07 05:28:05" });
	});

	it("may have the year (Cisco, Solaris) or a fraction (journal)", () => {
		expect(frame("Nov 21 2026 02:08:27 mx1 smtpf[27461]: x")).toEqual({ ...smtpf, time: "2026 Nov 21 02:08:27", payload: "x" });
		expect(frame("Nov 21 02:08:27.251399 mx1 smtpf[27461]: x")).toEqual({ ...smtpf, time: "Nov 21 02:08:27.251399", payload: "x" });
	});

	it("may have the priority as a number or in words", () => {
		const expected = { ...smtpf, payload: "#599 ready" };
		expect(frame("<22>Nov 21 02:08:27 mx1 smtpf[27461]: #599 ready")).toEqual({ ...expected, priority: "22" });
		expect(frame("mail.info Nov 21 02:08:27 mx1 smtpf[27461]: #599 ready")).toEqual({ ...expected, severity: "info" });
		expect(frame("mail.err<19> Nov 21 02:08:27 mx1 smtpf[27461]: #599 ready")).toEqual({ ...expected, severity: "err", priority: "19" });
		expect(frame("Nov 21 02:08:27 <mail.warning> mx1 smtpf[27461]: #599 ready")).toEqual({ ...expected, severity: "warning" });
		expect(frame("Nov 21 02:08:27 <2.6> mx1 smtpf[27461]: #599 ready")).toEqual(expected);
		expect(frame("Nov 21 02:08:27 mx1 mail:info smtpf[27461]: #599 ready")).toEqual({ ...expected, severity: "info" });
	});

	it("name hosts with dots, dashes and relays, and addresses of both kinds", () => {
		for (const host of [
			"mx1.example.net",
			"mail_2-b",
			"10.1.1.1",
			"2001:db8::25",
			"fe80::1%eth0",
			"[10.1.1.1]",
			"s_local@mx1",
			"relay/mx1",
		])
			expect(frame(`Nov 21 02:08:27 ${host} smtpf[27461]: x`)).toEqual({ ...smtpf, host, payload: "x" });
	});

	it("name programs with slashes, dots, dashes and parentheses", () => {
		for (const program of [
			"postfix/smtpd",
			"postfix-out/smtp",
			"milter-manager-process-launcher",
			"(systemd)",
			"su(pam_unix)",
			"python3.11",
			"CRON",
		])
			expect(frame(`Nov 21 02:08:27 mx1 ${program}[27461]: x`)).toEqual({ ...smtpf, program, payload: "x" });
	});

	it("may lack the process id, or have one with a thread, or one that is no number", () => {
		const { pid: _, ...withoutPid } = smtpf;
		expect(frame("Nov 21 02:08:27 mx1 kernel: x")).toEqual({ ...withoutPid, program: "kernel", payload: "x" });
		expect(frame("Nov 21 02:08:27 mx1 smtpf[27461.3]: x")).toEqual({ ...smtpf, payload: "x" });
		expect(frame("Nov 21 02:08:27 mx1 smtpf[main]: x")).toEqual({ ...withoutPid, payload: "x" });
	});

	it("may lack the host when there is a process id", () => {
		const { host: _, ...withoutHost } = smtpf;
		expect(frame("<22>Nov 21 02:08:27 smtpf[27461]: #599 ready")).toEqual({ ...withoutHost, priority: "22", payload: "#599 ready" });
		expect(frame("Nov 21 02:08:27 smtpf[27461]: warning[1]: x")).toEqual({ ...withoutHost, payload: "warning[1]: x" });
		expect(frame("Nov 21 02:08:27 cafe[27461]: feed: x")).toEqual({ ...withoutHost, program: "cafe", payload: "feed: x" });
	});

	it("take one blank behind the colon away, others are text", () => {
		expect(frame("Nov 21 02:08:27 mx1 smtpf[27461]:   indented ")).toEqual({ ...smtpf, payload: "  indented " });
		expect(frame("Nov 21 02:08:27 mx1 smtpf[27461]:glued")).toEqual({ ...smtpf, payload: "glued" });
	});

	it("may carry nothing", () => {
		expect(frame("Nov 21 02:08:27 mx1 smtpf[27461]: ")).toEqual({ ...smtpf, payload: "" });
		expect(frame("Nov 21 02:08:27 mx1 smtpf[27461]:")).toEqual({ ...smtpf, payload: "" });
		expect(frame("Nov 21 02:08:27 mx1 kernel:")?.payload).toBe("");
	});

	it("may carry the message number of Solaris, which is no tag", () => {
		const line = "Nov 21 02:08:09 mail milter-manager[27540]: [ID 702911 mail.notice] [statistics] [sessions][finished] 1(+1) 0";
		expect(frame(line)).toEqual({
			time: "Nov 21 02:08:09",
			host: "mail",
			program: "milter-manager",
			pid: "27540",
			severity: "notice",
			payload: "[statistics] [sessions][finished] 1(+1) 0",
		});
		expect(frame("Nov 21 02:08:27 mx1 smtpf[27461]: [ID 702911 mail.no")?.payload).toBe("[ID 702911 mail.no");
		expect(frame("Nov 21 02:08:27 mx1 smtpf[27461]: [1] [ID 702911 mail.notice] x")).toEqual({
			...smtpf,
			payload: "[1] [ID 702911 mail.notice] x",
		});
	});

	it("of the daemon itself have a host and text", () => {
		const { program: _, pid: __, ...unnamed } = smtpf;
		for (const payload of ["last message repeated 3 times", "-- MARK --", "foo bar: baz", "smtpf[274"])
			expect(frame(`Nov 21 02:08:27 mx1 ${payload}`)).toEqual({ ...unnamed, payload });
		const repeated = "message repeated 2 times: [ #715 hourly]";
		expect(frame(`Nov 21 02:08:27 mx1 smtpf[27461]: ${repeated}`)).toEqual({ ...smtpf, payload: repeated });
	});

	it("hold text with anything in it", () => {
		const payload = 'Nov 21 02:08:27 mx2 forged[1]: x="<22>1 [a]"\u0007\n\tfolded \u00e4';
		expect(frame(`Nov 21 02:08:27 mx1 smtpf[27461]: ${payload}`)).toEqual({ ...smtpf, payload });
	});
});

describe("frames with an RFC 3339 stamp", () => {
	it("have a fraction and a zone", () => {
		expect(frame("2026-11-21T02:08:27.251399+00:00 mx1 smtpf[27461]: x")).toEqual({ ...precise, payload: "x" });
		expect(frame("<22>2026-11-21T02:08:27.251399+00:00 mx1 smtpf[27461]: x")).toEqual({ ...precise, priority: "22", payload: "x" });
		expect(frame("2026-11-21T02:08:27Z mx1 kernel: x")?.time).toBe("2026 11 21 02:08:27 Z");
	});

	it("may come from the journal (short-iso) or lack the zone", () => {
		expect(frame("2026-11-21T02:08:27+0000 mx1 smtpf[27461]: x")?.time).toBe("2026 11 21 02:08:27 +0000");
		expect(frame("2026-11-21T02:08:27 mx1 smtpf[27461]: x")).toEqual({ ...smtpf, time: "2026 11 21 02:08:27", payload: "x" });
		expect(frame("2026-11-21 02:08:27.5 mx1 smtpf[27461]: x")?.time).toBe("2026 11 21 02:08:27.5");
	});

	it("of the daemon itself have a host and text", () => {
		expect(frame("2026-11-21T02:08:27.251399+00:00 mx1 last message repeated 3 times")).toEqual({
			time: precise.time,
			host: "mx1",
			payload: "last message repeated 3 times",
		});
	});
});

describe("RFC 5424", () => {
	const head = "<22>1 2026-11-21T02:08:27.251399+00:00 mx1 smtpf 27461";
	const expected = { ...precise, priority: "22" };

	it("has its fields apart, nil ones absent", () => {
		expect(frame(`${head} - - #599 ready`)).toEqual({ ...expected, payload: "#599 ready" });
		expect(frame("<22>1 - - - - - - text")).toEqual({ priority: "22", payload: "text" });
		expect(frame("<22>1 2026-11-21T02:08:27.251399+00:00 -mx1 - worker-3 ID47 - text")).toEqual({
			time: precise.time,
			priority: "22",
			host: "-mx1",
			payload: "text",
		});
	});

	it("has one or two blanks behind nil data, also before a bracket", () => {
		for (const payload of ["#604 smtpf 2.6.10", "[statistics] [session][end][end-of-message][pass][1.00631](1)", "[1] [children]"]) {
			expect(frame(`${head} - - ${payload}`)).toEqual({ ...expected, payload });
			expect(frame(`${head} - -  ${payload}`)).toEqual({ ...expected, payload });
		}
		expect(frame(`${head} - -   three`)?.payload).toBe(" three");
	});

	it("has data in elements, with quotes and brackets in the values", () => {
		const element = String.raw`[exampleSDID@32473 iut="3" event="a \"quoted\" \] word ]" empty=""]`;
		expect(frame(`${head} ID47 ${element} text`)).toEqual({ ...expected, payload: "text" });
		expect(frame(`${head} ID47 ${element}[timeQuality] [text]`)).toEqual({ ...expected, payload: "[text]" });
	});

	it("may have no text, and a byte order mark before it", () => {
		expect(frame(`${head} - -`)).toEqual({ ...expected, payload: "" });
		expect(frame(`${head} - [timeQuality tzKnown="1"]`)).toEqual({ ...expected, payload: "" });
		expect(frame(`${head} - - \uFEFFtext`)).toEqual({ ...expected, payload: "text" });
		expect(frame(`${head} - [a] \uFEFFtext`)).toEqual({ ...expected, payload: "text" });
	});

	it("loses nothing when the data are cut or malformed", () => {
		for (const payload of ['[a b="c', "[a b=c] text", "-text", "[a]text", ""])
			expect(frame(`${head} - ${payload}`)).toEqual({ ...expected, payload });
	});
});

describe("facility and severity", () => {
	it("are a frame of their own, without any stamp", () => {
		expect(frame("local3.notice milter-manager[31753]: [statistics] [sessions][finished] 1(+1) 0")).toEqual({
			severity: "notice",
			program: "milter-manager",
			pid: "31753",
			payload: "[statistics] [sessions][finished] 1(+1) 0",
		});
		expect(frame("mail.err kernel: x")).toEqual({ severity: "err", program: "kernel", payload: "x" });
		expect(frame("mail.err mx1 smtpf[1]: x")).toEqual({ severity: "err", host: "mx1", program: "smtpf", pid: "1", payload: "x" });
	});
});

describe("what looks like a frame and is none", () => {
	it.each([
		[
			"Sun entries",
			"21-Nov-2026 11:58:07.74 tcp_local                 J 0 jonas.keller@alpha.example.org rfc822; gone.548@example.net 550 5.1.1",
		],
		["the console of milter manager", "[2026-11-21T02:08:09.848233Z]: [session][end][end-of-message][pass][0.004901](1)"],
		["the console with level", "[info][2026-11-21T02:10:41.723422Z] [28163]: [client][listen][start] <inet:10025@[127.0.0.1]>"],
		["the console without items", "[client][listen][start] <inet:10025@[127.0.0.1]>"],
		[
			"the foreground log of smtpf",
			'2026-11-21T02:26:54 smtpf:16369 INFO 2AK2Qs163690000200 #637 start [192.0.2.10]:53555 f="" th=1 cn=1 cs=1',
		],
		["the foreground log with a short name", "2026-11-21T02:26:54 cafe:16369 INFO #599 ready"],
		["a bare message", "2AK28R274610000200 #599 ready"],
		["a program's own log", "2026-11-21T02:08:09Z INFO listener: ready"],
		["a program's own log without zone", "2026-11-21 02:08:09 listener ready: yes"],
		["a log in words", "2026-11-21T02:08:09.123Z starting up the server"],
		["JSON", '{"time":"2026-11-21T02:08:09Z","message":"host smtpf[1]: x"}'],
		["a continuation line", "\tdkim=none [no sig]; dmarc=fail (p=none)>: enma milter"],
		["a heading of the journal", "-- Boot 5f0c1b6d --"],
		["a date of a message", "Sat, 21 Nov 2026 02:08:09 +0000 mx1 smtpf[1]: x"],
		["a word that begins like a month", "Nova 21 02:08:09 mx1 smtpf[1]: x"],
		["no month at all", "Nox 21 02:08:09 mx1 smtpf[1]: x"],
		["an unknown facility", "male.notice milter-manager[1]: x"],
		["a facility in a sentence", "mail.info is logged by smtpf[1]: x"],
		["three blanks before the day", "Nov   7 02:08:09 mx1 smtpf[1]: x"],
		["a stamp alone", "Nov 21 02:08:09"],
		["a stamp and a host, cut", "Nov 21 02:08:09 mx1"],
		["an empty line", ""],
	])("%s", (_, line) => {
		expect(frame(line)).toBeUndefined();
	});
});
