/** postgrey: what its grammar and its catalog cannot say. Facts: its source, and real logs. */
import { defineFormat, type FormatDefinition, integer, text } from "../../src/format/define.js";

const format: FormatDefinition = defineFormat({
	id: "postgrey",
	title: "postgrey",
	grammar: "Postgrey",
	programs: ["postgrey"],
	captures: {
		text: text("text"),
		queue_id: text("message.queue_id"),
		client_ip: text("client.ip"),
		client_host: text("client.host"),
		sender: text("envelope.from"),
		null_sender: text("envelope.from"),
		recipient: text("envelope.to.0.address"),
		decided: text("filter.verdict"),
		greylist_delay: integer("fields.greylist_delay_seconds"),
		missing_seconds: integer("fields.missing_seconds"),
	},
});

export default format;
