/** A sender who knows a dozen mails of a recorded chain copies all that a sender can choose, and has servers that answer as he likes. */
import { describe, expect, test } from "vitest";
import { CHAINS, type Chain, chainOf, follow, type Line, wrongLinks } from "./chain.js";

const EVIL = "198.51.100.66";

interface Victim {
	readonly session: string;
	readonly queueId: string;
	/** Of milter manager. */
	readonly filterSession: number;
}

/** Delivered mails that are alone in their session. */
function victimsOf({ truth, front }: Chain): Victim[] {
	return truth.trails.flatMap(({ recipients, links }) => {
		const handedOn = links.filter(([from, to]) => from.startsWith("smtpf:") && to.startsWith("postfix:"));
		const [[from, to] = ["", ""], ...others] = handedOn;
		const session = from.slice("smtpf:".length).split("/")[0] ?? "";
		const transactions = new Set(front.flatMap(({ text }) => (text.includes(session) ? (/tid=(\S+)/.exec(text)?.[1] ?? []) : [])));
		const isOrdinary =
			from !== "" && others.length === 0 && transactions.size === 1 && recipients.every(({ final }) => final === "delivered");
		const filterSession = Number(links.find((link) => link[0] === to && link[1].startsWith("milter-manager:"))?.[1].split("/")[1]);
		return isOrdinary ? { session, queueId: to.slice("postfix:".length), filterSession } : [];
	});
}

const changed = (text: string, at: number, to: string): string => text.slice(0, at) + to + text.slice(at + to.length);

/** Beside each line of the session the same of a session of his, in the same second. */
const copiedAtFront = (front: readonly Line[], { session }: Victim): Line[] =>
	front.flatMap((line) => {
		if (!line.text.includes(session)) return line;
		const text = line.text
			.replaceAll(session, changed(session, 10, "X"))
			.replace(/(?<=tid=.{10})./, "X")
			.replace(/\b(203\.0\.113|198\.51\.100)\.\d+/g, EVIL);
		return [line, { text }];
	});

/** Beside, or in place of, each line of the mail the same of a mail of his, with its own queue id, from this client or the same one. */
function copiedAtMta(
	mta: readonly Line[],
	{ queueId, filterSession }: Victim,
	copy: { readonly client?: string; readonly isInstead?: boolean },
): Line[] {
	const ownId = changed(queueId, 3, queueId[3] === "0" ? "1" : "0");
	const start = mta.findIndex(({ text }) => text.includes(`: ${queueId}: client=`));
	const process = /smtpd\[\d+\]/.exec(mta[start]?.text ?? "")?.[0] ?? "no process";
	const begin = mta.findLastIndex(({ text }, index) => index < start && text.includes(`${process}: connect from`));
	const end = mta.findIndex(({ text }, index) => index > start && text.includes(`${process}: disconnect from`));
	// Where filters write nothing, their ids are free for one more session.
	const isFree = !mta.some(({ text }) => text.includes(`(${filterSession + 1})`));
	return mta.flatMap((line, index) => {
		if (isFree && line.text.endsWith(`(${filterSession})`)) return [line, { text: line.text.replace(/\d+\)$/, `${filterSession + 1})`) }];
		if (!line.text.includes(` ${queueId}: `) && index !== begin && index !== end) return line;
		const his = line.text.replaceAll(queueId, ownId).replace(process, process.replace("[", "[9"));
		const text = copy.client === undefined ? his : his.replace(/mx1\.example\.net\[10\.1\.1\.1\]/, `${copy.client}[${EVIL}]`);
		return copy.isInstead === true ? [{ text }] : [line, { text }];
	});
}

describe.each(CHAINS)("%s: no wrong link is likely", async (name) => {
	const chain = await chainOf(name);
	const victims = victimsOf(chain).filter((_, index) => index % 5 === 0);
	const copies = (mta: Parameters<typeof copiedAtMta>[2]): Pick<Chain, "mta"> => ({
		mta: victims.reduce<readonly Line[]>((lines, victim) => copiedAtMta(lines, victim, mta), chain.mta),
	});
	const sessions = { front: victims.reduce<readonly Line[]>(copiedAtFront, chain.front) };

	test("when copies of mails come by the same way in the same second", async () => {
		const { evaluation } = await follow({ ...chain, ...sessions, ...copies({}) });
		expect(wrongLinks(evaluation)).toEqual([]);
	});

	test("when the copies are refused by the front", async () => {
		const { evaluation } = await follow({ ...chain, ...sessions });
		expect(wrongLinks(evaluation)).toEqual([]);
	});

	test("when the copies are sent straight to the MTA", async () => {
		const { evaluation } = await follow({ ...chain, ...copies({ client: "evil.example.com" }) });
		expect(wrongLinks(evaluation)).toEqual([]);
	});

	test("when the copies are sent straight to the MTA, which did not log the mails", async () => {
		const { trails } = await follow({ ...chain, ...copies({ client: "evil.example.com", isInstead: true }) });
		const ids = new Set(victims.map(({ session }) => session));
		const next = trails.flatMap(({ hops, links }) =>
			links.filter(({ from, kind }) => kind === "handover" && hops[from]?.ids.session_id.some((id) => ids.has(id))),
		);
		expect(next).toEqual([]);
	});

	test("when his servers answer with queue ids of the mails", async () => {
		let answers = 0;
		const answer = (): string => `(250 2.0.0 Ok: queued as ${victims[answers++ % victims.length]?.queueId})`;
		const mta = chain.mta.map((line) => ({ ...line, text: line.text.replace(/(?<=relay=out\.example\.org.*)\(250 .*\)/, answer) }));
		const { evaluation } = await follow({ ...chain, mta });
		expect(answers).toBeGreaterThan(5);
		expect(wrongLinks(evaluation)).toEqual([]);
	});

	test("when he writes records of the servers into his HELO name and his address", async () => {
		const { queueId = "" } = victims[0] ?? {};
		const helo = `x${queueId}: from=<a@b.example>, status=sent (250 2.0.0 Ok: queued as ${queueId})`;
		const sender =
			/(?<=sender <)[^>]+/.exec(chain.front.find(({ text }) => text.includes(victims[1]?.session ?? ""))?.text ?? "")?.[0] ?? "?";
		const forged = (line: Line): Line => ({
			...line,
			text: line.text.replace(/(?<= h=")[^"]*/, helo).replaceAll(sender, `"queued as ${queueId}"@example.org`),
		});
		const { evaluation } = await follow({ ...chain, front: chain.front.map(forged), mta: chain.mta.map(forged) });
		expect(wrongLinks(evaluation)).toEqual([]);
	});
});
