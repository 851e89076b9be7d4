/** SPF policy services: what their grammar and their catalog cannot say. Facts: spf-engine 3.0, postfix-policyd-spf-perl 2.011, and real logs. */
import { defineFormat, derived, type FormatDefinition, type Json, type Lookup, text } from "../../src/format/define.js";

const RESULTS: ReadonlySet<string> = new Set(["none", "pass", "fail", "softfail", "neutral", "temperror", "permerror"]);

/** The domain that was asked: that of the sender, or the name that the client gave. */
function askedDomain(lookup: Lookup): string | undefined {
	if (lookup("spf_identity") === "helo") return lookup("client_helo");
	const sender = lookup("sender");
	return sender?.slice(sender.lastIndexOf("@") + 1);
}

function verdict(word: string, lookup: Lookup): Json | undefined {
	const result = word.toLowerCase();
	const domain = askedDomain(lookup);
	if (!RESULTS.has(result)) return undefined;
	return [{ method: "spf", result, ...(domain === undefined || domain === "" ? {} : { domain }) }];
}

const format: FormatDefinition = defineFormat({
	id: "policyd-spf",
	title: "SPF policy services: policyd-spf and policy-spf",
	grammar: "PolicydSPF",
	programs: ["policyd-spf", "postfix/policy-spf", "policy-spf"],
	captures: {
		text: text("text"),
		queue_id: text("message.queue_id"),
		client_ip: text("client.ip"),
		client_helo: text("client.helo"),
		sender: text("envelope.from"),
		sender_value_null: [],
		smtp_code: text("smtp.code"),
		smtp_enhanced: text("smtp.enhanced"),
		smtp_text: text("smtp.text"),
		spf_result: derived("authentication", verdict, ["spf_identity", "client_helo", "sender"]),
		perl_result: derived("authentication", verdict, ["spf_identity", "client_helo", "sender"]),
	},
});

export default format;
