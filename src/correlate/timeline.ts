/** Things by time, where many may stand at the same time: in pieces, so that what comes and goes in the middle moves few others. */

export interface Timed {
	readonly time: number;
	/** Tells apart what has the same time: in the order in which it was added. */
	readonly number: number;
}

/** Of a piece; with more it is halved. */
const MOST = 256;

const isAfter = (one: Timed, time: number, number: number): boolean => one.time > time || (one.time === time && one.number > number);

/** A place between two things. */
interface Place {
	piece: number;
	index: number;
}

export class Timeline<Thing extends Timed> {
	/** None is empty. */
	readonly #pieces: Thing[][] = [];
	#size = 0;

	constructor(...things: readonly Thing[]) {
		for (const thing of things) this.add(thing);
	}

	get size(): number {
		return this.#size;
	}

	/** The place in front of the first that comes after a time and a number. */
	#after(time: number, number: number): Place {
		const pieces = this.#pieces;
		const isUntil = (one: Thing | undefined): boolean => one !== undefined && !isAfter(one, time, number);
		const last = pieces[pieces.length - 1] ?? [];
		// Most come in order.
		if (isUntil(last[last.length - 1])) return { piece: pieces.length - 1, index: last.length };
		const piece = firstOf(pieces.length - 1, (at) => !isUntil(pieces[at]?.at(-1)));
		const things = pieces[piece] ?? [];
		return { piece, index: firstOf(things.length, (at) => !isUntil(things[at])) };
	}

	add(thing: Thing): void {
		this.#size++;
		const { piece, index } = this.#after(thing.time, thing.number);
		const things = this.#pieces[piece];
		if (things === undefined) {
			this.#pieces.push([thing]);
			return;
		}
		things.splice(index, 0, thing);
		if (things.length > MOST) this.#pieces.splice(piece + 1, 0, things.splice(MOST >> 1));
	}

	delete(thing: Thing): void {
		const { piece, index } = this.#after(thing.time, thing.number);
		const things = this.#pieces[piece];
		if (things === undefined || things[index - 1] !== thing) return;
		this.#size--;
		things.splice(index - 1, 1);
		if (things.length === 0) this.#pieces.splice(piece, 1);
	}

	/** From the nearest in time to the farthest; of two that are as near the earlier one first. */
	*nearest(time: number): Generator<Thing> {
		const late = this.#after(time, Number.POSITIVE_INFINITY);
		const early = { piece: late.piece, index: late.index - 1 };
		for (;;) {
			const [before, next] = [this.#at(early, -1), this.#at(late, 1)];
			const isBefore = before !== undefined && (next === undefined || time - before.time <= next.time - time);
			const nearest = isBefore ? before : next;
			if (nearest === undefined) return;
			yield nearest;
			if (isBefore) early.index--;
			else late.index++;
		}
	}

	/** What stands at a place; one beyond its piece goes on in the next one of that direction. */
	#at(place: Place, direction: 1 | -1): Thing | undefined {
		const things = this.#pieces[place.piece];
		if (things === undefined) return undefined;
		const found = things[place.index];
		if (found !== undefined) return found;
		place.piece += direction;
		place.index = direction === 1 ? 0 : (this.#pieces[place.piece]?.length ?? 0) - 1;
		return this.#pieces[place.piece]?.[place.index];
	}

	*[Symbol.iterator](): Generator<Thing> {
		for (const things of this.#pieces) yield* things;
	}
}

/** The first of so many numbers that something is true of, and of all that follow it; the count when it is true of none. */
function firstOf(count: number, isTrue: (at: number) => boolean): number {
	let [low, high] = [0, Math.max(0, count)];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (isTrue(middle)) high = middle;
		else low = middle + 1;
	}
	return low;
}
