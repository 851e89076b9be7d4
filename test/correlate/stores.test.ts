/** A store takes a mail by LMTP: the server before it says "delivered", and the store what became of the mail. */
import { describe, expect, test } from "vitest";
import type { HopRecipient } from "../../src/format/trail.js";
import type { TrailRecipient } from "../../src/index.js";
import { arrival, handover, hop, link, MTA, NOON, recipient, SECOND, STORE, trailWith } from "./mails.js";

const QUOTED = "XXaXC54zDmtDPQAAHe364Q";
const ADDRESS = "ben@example.net";

const mta = hop(NOON - SECOND, {
	recipients: [recipient("delivered", { address: ADDRESS })],
	handovers: [handover(NOON, { to: [ADDRESS], server: { host: "store1" }, reply: { quoted: [QUOTED] }, result: "accepted" })],
});

/** The trail of that mail, when the log of the store is there. */
function recipientsAt(...ends: readonly Partial<HopRecipient>[]): readonly TrailRecipient[] {
	// The store knows the user, not the address.
	const recipients = ends.map(({ outcome = "delivered", ...parts }) => recipient(outcome, { address: "ben", ...parts }));
	const store = hop(NOON, { arrival: arrival(NOON, { to: [], told: [QUOTED] }), recipients });
	const trails = link([
		[MTA, mta],
		[STORE, store],
	]);
	return trailWith(trails, mta).recipients;
}

describe("what became of it", () => {
	test("is what the server says, without the log of the store", () =>
		expect(trailWith(link([[MTA, mta]]), mta).recipients).toMatchObject([{ address: ADDRESS, outcome: "delivered", decided_by: "mta" }]));

	test("is the mailbox", () =>
		expect(recipientsAt({ mailbox: "Lists" })).toMatchObject([
			{ address: ADDRESS, outcome: "delivered", mailbox: "Lists", decided_by: "store" },
		]));

	test("is that a script discarded it", () =>
		expect(recipientsAt({ outcome: "discarded" })).toMatchObject([{ address: ADDRESS, outcome: "discarded", decided_by: "store" }]));

	test("is told for each mailbox", () => {
		const [found] = recipientsAt({ mailbox: "Two" }, { mailbox: "Three" });
		expect(found).toMatchObject({ address: ADDRESS, outcome: "delivered" });
		expect(found?.expanded?.map(({ mailbox }) => mailbox)).toEqual(["Two", "Three"]);
	});
});
