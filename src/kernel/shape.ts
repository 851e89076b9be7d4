/**
 * The shape of an event: its keys in the order of the schema, with the places where values of the record go. Records of a kind
 * share a shape, so what is constant is made once and copied.
 *
 * The key of a shape is: the plan, the entry from 1, its case from 1, the level, the time, then a bit for each computed value that is
 * there. The steps of a shape are: distance from the first constant piece to the end of the one before the value, what to write
 * (`Write`), of which capture or computed value, for parts start and end of what separates them, and for texts two signs that are
 * left out when they stand around the text, for numbers what is demanded of them (`Demand`).
 */
import { areSame, hashed, headFor } from "./bytes";
import { carrierTimes } from "./carrier-times";
import { chosen } from "./choose";
import { KEY, SHAPES } from "./memory";
import { plan, planned } from "./plan";
import { entry, level, PRESENT } from "./results";
import { timeKey } from "./time";

export const SIZE_OF_STEP: u32 = 24;
/** Bytes for a count, for quotes, and for what copies write behind their end. */
const SMALL: u32 = 48;
/** Bytes of the words in front of an excerpt, see excerpt.ts. */
const EXCERPT: u32 = 128;

@unmanaged
export class Shape {
	next: u32;
	/** Its key: how many bytes, and where. */
	keySize: u32;
	key: u32;
	/** The constant pieces. */
	constants: u32;
	constantsEnd: u32;
	steps: u32;
	stepsEnd: u32;
	/** Bytes of all that does not depend on the length of texts. */
	room: u32;
	/** Texts of the record that are written. */
	texts: u32;
	/** By which JavaScript knows it. */
	number: u32;
}

/** The shape of the record. */
let shape: usize = 0;

export function shaped(): Shape {
	return changetype<Shape>(shape);
}

/** Puts all that the shape depends on besides the plan into KEY; gives its size. */
function keySize(): usize {
	store<i32>(KEY, entry);
	store<i32>(KEY, chosen, 4);
	store<i32>(KEY, level, 8);
	store<i32>(KEY, timeKey | (carrierTimes << 8), 12);
	return PRESENT + ((<usize>((planned().values + 31) >>> 5)) << 2);
}

function isFor(one: Shape, size: usize): bool {
	return one.keySize === <u32>size && areSame(KEY, KEY + size, one.key);
}

function headOf(size: usize): usize {
	return headFor(hashed(<u32>plan, KEY, KEY + size), SHAPES);
}

/** Finds the shape of the record; false when it has none yet. */
export function findShape(): bool {
	const size = keySize();
	shape = planned().recent;
	if (shape !== 0 && isFor(changetype<Shape>(shape), size)) return true;
	for (shape = load<u32>(headOf(size)); shape !== 0; shape = changetype<Shape>(shape).next) {
		const one = changetype<Shape>(shape);
		// Keys are compared without the plan, so it stands behind them.
		if (!isFor(one, size) || load<u32>(one.key + <u32>size) !== <u32>plan) continue;
		planned().recent = <u32>shape;
		return true;
	}
	return false;
}

export function sizeOfShape(): usize {
	return offsetof<Shape>() + keySize() + 4;
}

/** Adds the shape of the record, with what JavaScript has put into memory for it. */
export function addShape(at: usize, constants: u32, constantsEnd: u32, steps: u32, stepsEnd: u32, texts: u32, number: u32): void {
	const size = keySize();
	const added = changetype<Shape>(at);
	const head = headOf(size);
	const key = at + offsetof<Shape>();
	added.next = load<u32>(head);
	added.keySize = <u32>size;
	added.key = <u32>key;
	added.constants = constants;
	added.constantsEnd = constantsEnd;
	added.steps = steps;
	added.stepsEnd = stepsEnd;
	added.room = EXCERPT + constantsEnd - constants + ((stepsEnd - steps) / SIZE_OF_STEP) * SMALL;
	added.texts = texts;
	added.number = number;
	memory.copy(key, KEY, size);
	store<u32>(key + size, <u32>plan);
	store<u32>(head, <u32>at);
	planned().recent = <u32>at;
	shape = at;
}

export function forgetShapes(): void {
	memory.fill(SHAPES, 0, 4096);
}
