/** SpamAssassin's spamd: what its grammar and its catalog cannot say. Facts: spamd 4.0, and real logs. */
import { defineFormat, derived, type FormatDefinition, integer, list, number, text } from "../../src/format/define.js";

const VERDICTS: Readonly<Record<string, string>> = { Y: "spam", ".": "ham" };
const NAME = "spamassassin";

const format: FormatDefinition = defineFormat({
	id: "spamassassin",
	title: "SpamAssassin: spamd",
	grammar: "SpamAssassin",
	programs: ["spamd"],
	captures: {
		text: text("text"),
		verdict: [derived("filter.name", () => NAME), derived("filter.verdict", (sign) => VERDICTS[sign])],
		judgement: [derived("filter.name", () => NAME), text("filter.verdict")],
		result_score: number("filter.score"),
		message_score: number("filter.score"),
		required_score: number("filter.required_score"),
		rules: list("filter.symbols", ","),
		message_id: list("message.message_ids"),
		size_bytes: integer("message.size_bytes"),
		client_host: text("client.host"),
		client_ip: text("client.ip"),
		client_port: integer("client.port"),
	},
});

export default format;
