/** Output of `journalctl -o short-full`, `short-unix`, `short-monotonic` and `short-delta`; the others are as syslog writes. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "journal-short",
	title: "journal of systemd, one line",
	grammar: "JournalShort",
	place: 50,
	carrier: "journal_short",
	isPrepared: true,
});

export default frame;
