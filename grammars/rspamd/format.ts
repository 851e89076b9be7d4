/** rspamd: what its grammar and its catalog cannot say. Facts: the sources of 3.4 and 4.1, and real logs. */
import {
	defineFormat,
	derived,
	type FormatDefinition,
	integer,
	type Json,
	type Lookup,
	list,
	number,
	text,
} from "../../src/format/define.js";

const NAME = "rspamd";

/** Of rounded scores. */
const MOST_OFF = 0.02;

/**
 * `NAME(1.50){option;},NAME(0.00){}` → the names. Options hold text of the sender, which can imitate further symbols: rspamd sorts by the size
 * of scores, and they sum up to that of the mail, so a list that does neither is not claimed.
 */
function namesOf(symbols: string, lookup: Lookup): Json | undefined {
	const found = Array.from(symbols.matchAll(/([\w.-]+)\((-?[\d.]+)\)(?:\{[^{}]*\})?(?:,|$)/g), ([, name = "", score]) => ({
		name,
		score: Number(score),
	}));
	const sum = found.reduce((all, { score }) => all + score, 0);
	const isSorted = found.every(({ score }, i) => i === 0 || Math.abs(score) <= Math.abs(found[i - 1]?.score ?? 0));
	const isWhole = Math.abs(sum - Number(lookup("score"))) <= MOST_OFF * (1 + found.length / 10);
	return isSorted && isWhole ? found.map(({ name }) => name) : undefined;
}

const format: FormatDefinition = defineFormat({
	id: "rspamd",
	title: "rspamd",
	grammar: "Rspamd",
	programs: ["rspamd"],
	frames: ["file_frame"],
	captures: {
		text: text("text"),
		task_id: text("session_id"),
		queue_id: text("message.queue_id"),
		message_id: list("message.message_ids"),
		mid_none: [],
		size_bytes: integer("message.size_bytes"),
		client_ip: text("client.ip"),
		client_port: integer("client.port"),
		user: text("auth.user"),
		sender: text("envelope.from"),
		verdict: [derived("filter.name", () => NAME), text("filter.verdict")],
		score: number("filter.score"),
		required_score: number("filter.required_score"),
		symbols: derived("filter.symbols", namesOf, ["score"]),
	},
});

export default format;
