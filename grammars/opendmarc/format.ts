/** OpenDMARC: what its grammar and its catalog cannot say. Facts: the sources of 1.4, and real logs. */
import { defineFormat, derived, type FormatDefinition, text } from "../../src/format/define.js";

const format: FormatDefinition = defineFormat({
	id: "opendmarc",
	title: "OpenDMARC",
	grammar: "OpenDMARC",
	programs: ["opendmarc"],
	captures: {
		text: text("text"),
		queue_id: text("message.queue_id"),
		client_host: text("client.host"),
		dmarc_result: derived("authentication", (result, lookup) => [{ method: "dmarc", result, domain: lookup("from_domain") ?? "" }], [
			"from_domain",
		]),
		spf_result: derived("authentication", (result, lookup) => [{ method: "spf", result, domain: lookup("spf_domain") ?? "" }], [
			"spf_domain",
		]),
	},
});

export default format;
