/** What the records of Postfix say of a mail, by their code. */
import type { EventView } from "../../src/format/api.js";
import { decide, deliver, giveUp, type Mail, refuse } from "./mail.js";

type Word = (mail: Mail, event: EventView, time: number) => void;

const hold: Word = (mail, event, time) => decide(mail, event, time, "quarantined");
const discard: Word = (mail, event, time) => decide(mail, event, time, "discarded");
const defer: Word = (mail, event, time) => deliver(mail, event, time, "deferred");
const unknown: Word = (mail, event, time) => deliver(mail, event, time, "unknown");

/** By the code of a record, what it says of its mail. */
export const WORDS: Readonly<Record<string, Word>> = {
	"smtpd/reject": refuse,
	"smtpd/proxy-reject": refuse,
	"milter/reject": refuse,
	"milter/header-reject": refuse,
	"cleanup/header-reject": refuse,
	"cleanup/body-reject": refuse,
	"cleanup/content-reject": refuse,
	"cleanup/mime-error": refuse,
	"cleanup/rejected": refuse,
	"cleanup/map-problem": refuse,
	"cleanup/write-error": refuse,
	"smtpd/hold": hold,
	"milter/hold": hold,
	"milter/header-hold": hold,
	"cleanup/header-hold": hold,
	"cleanup/body-hold": hold,
	"postsuper/hold": hold,
	"postsuper/released": (mail) => {
		mail.decision = undefined;
	},
	"smtpd/discard": discard,
	"milter/discard": discard,
	"milter/header-discard": discard,
	"cleanup/header-discard": discard,
	"cleanup/body-discard": discard,
	"delivery/sent": (mail, event, time) => {
		const daemon = event.text("fields.daemon");
		const isHandedOn = (event.has("server") && daemon !== "lmtp") || event.has("fields.new_queue_id");
		deliver(mail, event, time, daemon === "discard" ? "discarded" : isHandedOn ? "handed_on" : "delivered");
	},
	"delivery/deferred": defer,
	"delivery/soft-bounce": defer,
	"delivery/bounced": (mail, event, time) => deliver(mail, event, time, "bounced"),
	"delivery/expired": (mail, event, time) => giveUp(mail, event, time, "expired"),
	"delivery/deliverable": unknown,
	"delivery/undeliverable": unknown,
	"delivery/unclear": unknown,
	"qmgr/removed": (mail, event, time) => {
		mail.removed = { event: event.id, time };
		if (event.text("fields.daemon") !== "postsuper") return;
		// The operator removed it, with those who waited: no server has it.
		giveUp(mail, event, time, "discarded");
		mail.expected = 0;
	},
};

/** The queue manager has the mail: cleanup returns what it refuses without it. */
export const isTaken = (event: EventView): boolean =>
	event.code === "qmgr/active" || (event.code?.startsWith("delivery/") === true && event.text("fields.daemon") !== "cleanup");

/** Of the connection as a whole. */
export const FRAME: ReadonlySet<string> = new Set([
	"smtpd/connect",
	"smtpd/lost-connection",
	"smtpd/timeout",
	"smtpd/too-many-errors",
	"smtpd/local-error",
	"smtpd/disconnect",
]);
/** Without a queue id, these end a mail; what else is said before a queue id is about the next one. */
export const REFUSALS: ReadonlySet<string> = new Set(["smtpd/reject", "milter/reject"]);
/** A record of these is the first of its mail, also when the id is known: it is used again. */
export const FIRST: ReadonlySet<string> = new Set(["smtpd/client", "pickup/mail"]);

/** What is said of a mail before its queue id is known, in records of smtpd. */
export const BEFORE_ID: readonly string[] = [
	...["envelope.from", "envelope.to.0.address", "smtp.code", "smtp.enhanced", "smtp.text", "dsn"],
	...["fields.daemon", "fields.stage", "fields.reason", "fields.queued_as"],
	...["client.ip", "client.port", "client.host", "client.helo"],
];
