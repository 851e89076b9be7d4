/** What the records of Exim say of a message, by their code. */
import type { EventView, RecipientOutcome } from "../../src/format/api.js";
import { decide, deliver, type Mail } from "./mail.js";

type Word = (mail: Mail, event: EventView, time: number) => void;

/** A delivery to another server, to a store here, or to nowhere. */
const done: Word = (mail, event, time) => {
	const isOn = event.has("server.ip");
	deliver(mail, event, time, event.has("fields.nowhere") ? "discarded" : isOn ? "handed_on" : "delivered");
};

/** By the code of a record, what it says of its message. */
export const WORDS: Readonly<Record<string, Word>> = {
	"delivery/done": done,
	"delivery/additional": done,
	"delivery/cutthrough": done,
	"delivery/deferred": (mail, event, time) => deliver(mail, event, time, "deferred"),
	"delivery/failed": (mail, event, time) => deliver(mail, event, time, "bounced"),
	"delivery/suppressed": (mail, event, time) => deliver(mail, event, time, "unknown"),
	"message/blackholed": (mail, event, time) => decide(mail, { event: event.id, time }, "discarded"),
	// What an administrator marks as delivered, or removes, may have gone another way: the last thing known of it is that it waited.
	"queue/frozen": (mail, event, time) => {
		mail.frozen = { event: event.id, time };
	},
	"queue/unfrozen": (mail) => {
		mail.frozen = undefined;
	},
};

/** What a client was refused: for one recipient, or for all that it wants to send. */
export const REFUSALS: Readonly<Record<string, RecipientOutcome>> = {
	"acl/recipient-rejected": "rejected",
	"acl/recipient-deferred": "deferred",
	"acl/recipient-discarded": "discarded",
	"acl/sender-rejected": "rejected",
	"acl/sender-deferred": "deferred",
	"acl/connection-rejected": "rejected",
	"acl/connection-deferred": "deferred",
	"acl/content-rejected": "rejected",
	"acl/content-deferred": "deferred",
	"acl/non-smtp-rejected": "rejected",
	"smtp/no-helo": "rejected",
	"smtp/too-big": "rejected",
	"smtp/bad-message": "rejected",
	"smtp/too-many-messages": "deferred",
	"smtp/too-many-recipients-rejected": "rejected",
	"smtp/unqualified": "rejected",
	"smtp/refused": "deferred",
	"smtp/refused-host": "rejected",
	"smtp/sync-error": "rejected",
};

/** The last record of a message. */
export const END = "message/completed";
