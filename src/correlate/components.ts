/** What hangs together: each thing with all that it leads to, directly or by others. */
export function* components<Thing>(things: Iterable<Thing>, near: (thing: Thing) => Iterable<Thing>): Generator<Thing[]> {
	const seen = new Set<Thing>();
	for (const first of things) if (!seen.has(first)) yield componentOf(first, near, seen);
}

/** All that one leads to, from the nearest on; itself first. */
export function componentOf<Thing>(first: Thing, near: (thing: Thing) => Iterable<Thing>, seen: Set<Thing> = new Set()): Thing[] {
	const found = [first];
	seen.add(first);
	for (const thing of found)
		for (const other of near(thing)) {
			if (seen.has(other)) continue;
			seen.add(other);
			found.push(other);
		}
	return found;
}
