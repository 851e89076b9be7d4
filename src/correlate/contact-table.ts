/** Contacts of one side of a filter: by key, and by the minute in which they began, so that what is near in time is found without a look at the rest. */
import type { Contact } from "./contacts.js";

const MINUTE = 60_000;
const minuteOf = (time: number): number => Math.floor(time / MINUTE);

export class ContactTable {
	readonly #byKey = new Map<string, Contact>();
	readonly #byMinute = new Map<number, Map<string, Contact>>();
	/** Of the minutes before this one those that are joined are forgotten. */
	#swept = Number.NEGATIVE_INFINITY;

	get(key: string): Contact | undefined {
		return this.#byKey.get(key);
	}

	add(key: string, contact: Contact): void {
		this.#byKey.set(key, contact);
		const minute = minuteOf(contact.begin);
		const others = this.#byMinute.get(minute) ?? new Map<string, Contact>();
		this.#byMinute.set(minute, others.set(key, contact));
	}

	delete(key: string): void {
		const contact = this.#byKey.get(key);
		if (contact === undefined) return;
		this.#byKey.delete(key);
		const minute = minuteOf(contact.begin);
		const others = this.#byMinute.get(minute);
		others?.delete(key);
		if (others?.size === 0) this.#byMinute.delete(minute);
	}

	/** Those that are not joined and began within any of some spans of corrected time, which do not overlap. */
	open(spans: readonly (readonly [from: number, to: number])[]): Contact[] {
		const found: Contact[] = [];
		for (const [from, to] of spans)
			for (let minute = minuteOf(from); minute <= minuteOf(to); minute++)
				for (const contact of this.#byMinute.get(minute)?.values() ?? [])
					if (contact.joined === undefined && contact.begin >= from && contact.begin <= to) found.push(contact);
		return found;
	}

	/** Forgets what began in the minutes before a corrected time; what is joined has another. */
	forget(before: number, joinedBefore: number): void {
		for (const [minute, contacts] of this.#byMinute) {
			const isOver = minute < minuteOf(before);
			if (!isOver && (minute < this.#swept || minute >= minuteOf(joinedBefore))) continue;
			for (const [key, contact] of contacts) if (isOver || contact.joined !== undefined) this.delete(key);
		}
		this.#swept = minuteOf(joinedBefore);
	}
}
