import type { Json } from "./json.js";

const STEPS = new Map<string, readonly string[]>();

/** The parts of a dotted path. Paths stand in formats and in code, not in logs: each is cut once. */
export function stepsOf(path: string): readonly string[] {
	let steps = STEPS.get(path);
	if (steps === undefined) {
		steps = path.split(".");
		STEPS.set(path, steps);
	}
	return steps;
}

/** The value at a dotted path of an event. */
export function valueAt(event: object, path: string): Json | undefined {
	let value: unknown = event;
	for (const step of stepsOf(path)) {
		// `constructor` is no key of an event.
		if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
		value = (value as Readonly<Record<string, unknown>>)[step];
	}
	// All that stands in an event is JSON.
	return value as Json | undefined;
}
