/**
 * An event as trackers read it: they name the places that they look at, and do not hold the event itself.
 *
 * A path is dotted, as in `captures` of a format: `smtp.code`, `envelope.to.0.address`, `fields.delays.queue`. It may go on inside a value that
 * `derived` computes. Paths are constants of the tracker, so that an implementation looks up once where each of them leads.
 */
import type { Action, Event, Outcome } from "./event.js";
import type { Json } from "./json.js";
import { stepsOf, valueAt } from "./value-at.js";

/**
 * What an implementation promises: it answers as the parsed event would. Reading a path builds nothing but its value, and one that leads nowhere
 * is undefined (an empty list), whatever its first parts are. A view is good until the call that it is passed to returns: what is needed later
 * is copied, by `keep` or value by value.
 */
export interface EventView {
	readonly id: string;
	readonly format: string | undefined;
	/** Milliseconds since 1970 of its own stamp; undefined for none, NaN for one that `Date` cannot hold, such as a leap second. */
	readonly time: number | undefined;
	readonly host: string | undefined;
	readonly program: string | undefined;
	readonly pid: number | undefined;
	readonly code: string | undefined;
	readonly action: Action | undefined;
	readonly outcome: Outcome | undefined;
	/** Input and line of the record; undefined when the event was written without its source. */
	readonly file: string | undefined;
	readonly line: number | undefined;
	/** The whole record; undefined when the event was written without it. */
	raw(): string | undefined;
	/** Whether anything stands at a path, or below it: `has("server")`. */
	has(path: string): boolean;
	/** Undefined for anything but text. */
	text(path: string): string | undefined;
	/** Undefined for anything but a number. */
	number(path: string): number | undefined;
	/** A list of texts, in order; empty for anything else. */
	texts(path: string): readonly string[];
	/** Whatever stands at the place of a capture: for values that `derived` computes. */
	value(path: string): Json | undefined;
	/** All of it, as an object. */
	whole(): EventPart;
}

/** An event, or as much of one as was kept. */
export type EventPart = Partial<Event> & Pick<Event, "id">;

/** Events that are there already, in order; a list of them is one, too. Each is good as long as somebody holds it. */
export interface EventBatch {
	readonly length: number;
	at(index: number): EventView | undefined;
}

class ParsedEvent implements EventView {
	readonly #event: EventPart;

	constructor(event: EventPart) {
		this.#event = event;
	}

	get id(): string {
		return this.#event.id;
	}

	get format(): string | undefined {
		return this.#event.format;
	}

	get time(): number | undefined {
		const { time } = this.#event;
		return time === undefined ? undefined : Date.parse(time);
	}

	get host(): string | undefined {
		return this.#event.host;
	}

	get program(): string | undefined {
		return this.#event.program;
	}

	get pid(): number | undefined {
		return this.#event.pid;
	}

	get code(): string | undefined {
		return this.#event.code;
	}

	get action(): Action | undefined {
		return this.#event.action;
	}

	get outcome(): Outcome | undefined {
		return this.#event.outcome;
	}

	get file(): string | undefined {
		return this.#event.source?.file;
	}

	get line(): number | undefined {
		return this.#event.source?.line;
	}

	raw(): string | undefined {
		return this.#event.raw;
	}

	has(path: string): boolean {
		return this.value(path) !== undefined;
	}

	text(path: string): string | undefined {
		const value = this.value(path);
		return typeof value === "string" ? value : undefined;
	}

	number(path: string): number | undefined {
		const value = this.value(path);
		return typeof value === "number" ? value : undefined;
	}

	texts(path: string): readonly string[] {
		const value = this.value(path);
		return isTexts(value) ? value : NONE;
	}

	value(path: string): Json | undefined {
		return valueAt(this.#event, path);
	}

	whole(): EventPart {
		return this.#event;
	}
}

const NONE: readonly string[] = [];

const isTexts = (value: Json | undefined): value is readonly string[] =>
	Array.isArray(value) && value.every((one) => typeof one === "string");

/** A parsed event, or a part of one that was kept. */
export const viewOf = (event: EventPart): EventView => new ParsedEvent(event);

/** A copy that outlives the record, as plain data: what a view is asked for by name, and what stands at these paths. */
export function keep(view: EventView, paths: readonly string[]): EventPart {
	const { id, format, host, program, pid, code, action, outcome } = view;
	const kept: Record<string, unknown> = { format, host, program, pid, code, action, outcome };
	for (const path of paths) {
		const value = view.value(path);
		if (value !== undefined) put(kept, stepsOf(path), value);
	}
	return { ...kept, id };
}

/** Puts a value at its place; a part of a path that is a number is that of a list. */
function put(into: Record<string, unknown>, steps: readonly string[], value: Json): void {
	let place = into;
	for (const [i, step] of steps.entries()) {
		const next = steps[i + 1];
		if (next === undefined) place[step] = value;
		else {
			place[step] ??= /^\d+$/.test(next) ? [] : {};
			// Made in the line above, for this path or for one before it.
			place = place[step] as Record<string, unknown>;
		}
	}
}
