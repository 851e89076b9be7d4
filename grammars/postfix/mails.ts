/** All mails that are not finished: by number, by queue id, and those at their end. */
import { asItIs, OpenTable, type TableState } from "../../src/format/api.js";
import type { Connection } from "./connection.js";
import { loadMail, type Mail, newMail, type SavedMail, saveMail } from "./mail.js";

export interface SavedMails {
	readonly all: readonly SavedMail[];
	/** Numbers of mails. */
	readonly byId: TableState<string, number>;
	readonly ended: TableState<number, number>;
	readonly last: number;
}

export class Mails {
	readonly #all = new Map<number, Mail>();
	/** Numbers by queue id; ids are used again. */
	readonly #byId: OpenTable<string, number>;
	readonly #ended: OpenTable<number, number>;
	/** Number of the last one that began. */
	#last: number;

	/** None, or those that were saved; their connections by place. */
	constructor(saved: SavedMails | undefined, connections: readonly Connection[]) {
		for (const mail of saved?.all ?? []) this.#all.set(mail.number, loadMail(mail, connections[mail.connection]));
		this.#byId = OpenTable.load(saved?.byId, asItIs);
		this.#ended = OpenTable.load(saved?.ended, asItIs);
		this.#last = saved?.last ?? 0;
	}

	save(placeOf: (connection: Connection) => number): SavedMails {
		const all = Array.from(this.#all.values(), (mail) => saveMail(mail, mail.connection === undefined ? -1 : placeOf(mail.connection)));
		return { all, byId: this.#byId.save(asItIs), ended: this.#ended.save(asItIs), last: this.#last };
	}

	begin(queueId: string | undefined, connection: Connection | undefined, time: number): Mail {
		const mail = newMail(++this.#last, queueId, connection, time);
		this.#all.set(mail.number, mail);
		return mail;
	}

	/** How many have a queue id. */
	get open(): number {
		return this.#byId.size;
	}

	get(number: number | undefined): Mail | undefined {
		return number === undefined ? undefined : this.#all.get(number);
	}

	/** Those of some numbers that are not finished. */
	*of(numbers: Iterable<number>): Generator<Mail> {
		for (const number of numbers) {
			const mail = this.#all.get(number);
			if (mail !== undefined) yield mail;
		}
	}

	withId(id: string): Mail | undefined {
		return this.get(this.#byId.get(id));
	}

	/** It is the one with this queue id, and was heard of. */
	name(id: string, mail: Mail, time: number): void {
		this.#byId.set(id, mail.number, time);
	}

	/** Nothing more is awaited but late records. */
	end(mail: Mail, time: number): void {
		this.#ended.set(mail.number, mail.number, time);
	}

	reopen(mail: Mail): void {
		this.#ended.delete(mail.number);
	}

	/** Numbers of those at their end since a time. */
	ended(before: number): Iterable<number> {
		return this.#ended.expired(before);
	}

	/** Numbers of those with a queue id that were heard of longest ago, where there are too many. */
	beyond(most: number): Iterable<number> {
		return this.#byId.beyond(most);
	}

	/** Numbers of those with a queue id that were not heard of since a time. */
	silent(before: number): Iterable<number> {
		return this.#byId.expired(before);
	}

	drop(mail: Mail): void {
		this.#all.delete(mail.number);
		this.#ended.delete(mail.number);
		if (mail.queueId !== undefined && this.#byId.get(mail.queueId) === mail.number) this.#byId.delete(mail.queueId);
	}
}
