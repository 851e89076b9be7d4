/** OpenDKIM: what its grammar and its catalog cannot say. Facts: the sources of 2.11, and real logs. */
import { defineFormat, derived, type FormatDefinition, type Json, type Lookup, text } from "../../src/format/define.js";

/** Results of RFC 8601 by the words of the log. */
const RESULTS: Readonly<Record<string, string>> = {
	"DKIM verification successful": "pass",
	"no signature data": "none",
	"bad signature data": "fail",
	"key revoked": "permerror",
	"key retrieval failed": "temperror",
	"syntax error": "permerror",
	// Of the library, for one signature; all others are of a signature or a key that nobody can use.
	"no signature error": "pass",
	"signature verification failed": "fail",
	"body hash mismatch": "fail",
	"key DNS query failed": "temperror",
	"key DNS reply corrupt": "temperror",
	"signing key too small": "policy",
};

/** A verdict on the whole mail; the signature that it is about, where the record names one. */
function verdict(words: string, lookup: Lookup): Json | undefined {
	const result = RESULTS[words];
	const domain = lookup("domain");
	const selector = lookup("selector");
	return result === undefined
		? undefined
		: [{ method: "dkim", result, ...(domain === undefined ? {} : { domain }), ...(selector === undefined ? {} : { selector }) }];
}

/** `signature=… domain=D selector=S result="W"`, for each signature of the mail. */
function verdicts(signatures: string): Json {
	const each = signatures.matchAll(/signature=[^ ;]+ domain=([^ ;]+) selector=([^ ;]+) result="([^"]*)"/g);
	return Array.from(each, ([, domain = "", selector = "", words = ""]) => ({
		method: "dkim",
		result: RESULTS[words] ?? "permerror",
		domain,
		selector,
	}));
}

const format: FormatDefinition = defineFormat({
	id: "opendkim",
	title: "OpenDKIM",
	grammar: "OpenDKIM",
	programs: ["opendkim"],
	captures: {
		text: text("text"),
		queue_id: text("message.queue_id"),
		client_ip: text("client.ip"),
		client_host: text("client.host"),
		verdict: derived("authentication", verdict, ["domain", "selector"]),
		signatures: derived("authentication", verdicts),
	},
});

export default format;
