/** Contacts of one side of a filter: by key, and by the minute in which they began, so that what is near in time is found without a look at the rest. */
import type { Contact } from "./contacts.js";
import { type Course, Ripening } from "./course.js";

/** More mails of a connection come within this time, and its session is not found later, in milliseconds. */
export const FILTER_GRACE = 3_600_000;
const MINUTE = 60_000;
const minuteOf = (time: number): number => Math.floor(time / MINUTE);

export class ContactTable {
	readonly #byKey = new Map<string, Contact>();
	readonly #byMinute = new Map<number, Map<string, Contact>>();
	/** Minutes that will be swept of what is joined, and of all. */
	readonly #joined: Ripening<number>;
	readonly #all: Ripening<number>;

	/** Waits for so many milliseconds for the other side of a contact. */
	constructor(
		course: Course,
		readonly wait: number,
	) {
		this.#joined = new Ripening(course);
		this.#all = new Ripening(course);
	}

	get(key: string): Contact | undefined {
		return this.#byKey.get(key);
	}

	add(key: string, contact: Contact): void {
		this.#byKey.set(key, contact);
		const minute = minuteOf(contact.begin);
		const others = this.#byMinute.get(minute);
		if (others !== undefined) return void others.set(key, contact);
		this.#byMinute.set(minute, new Map([[key, contact]]));
		const end = (minute + 1) * MINUTE;
		this.#joined.add(minute, end + FILTER_GRACE, FILTER_GRACE);
		this.#all.add(minute, end + this.wait, this.wait);
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

	/** Forgets what is too old. */
	forget(): void {
		for (const minute of this.#joined.take()) this.#drop(minute, ({ joined }) => joined !== undefined);
		for (const minute of this.#all.take()) this.#drop(minute, () => true);
	}

	#drop(minute: number, isOver: (contact: Contact) => boolean): void {
		for (const [key, contact] of this.#byMinute.get(minute) ?? []) if (isOver(contact)) this.delete(key);
	}
}
