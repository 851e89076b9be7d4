/** Syslog: traditional (RFC 3164 and older), with an RFC 3339 stamp, RFC 5424, or with facility and severity alone. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({ id: "syslog", title: "syslog", grammar: "Syslog", place: 0 });

export default frame;
