/** Output of `journalctl -o json`: an object for each entry. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "journal-json",
	title: "journal of systemd, JSON",
	grammar: "JournalJson",
	place: 21,
	carrier: "journal_json",
	escapes: "json",
	requires: ["carrier_epoch"],
});

export default frame;
