/** Where the parts of a stamp stand in the log of a record: numbers as told in src/kernel/time.ts. */
import { frameSlot } from "../format/frame-captures.js";
import type { Layers } from "./layers.js";

const YEAR: number = frameSlot("year");
const DAY: number = frameSlot("day");
const ZONE: number = frameSlot("zone");
const PARTS = ZONE - YEAR + 1;

/** Positions of the parts among some captures, then the first and the last of them; undefined when there are none. */
function partsIn(slots: readonly number[], first: number, behind: number): readonly number[] | undefined {
	const at = Array.from({ length: PARTS }, () => -1);
	for (let i = first; i < behind; i++) {
		const part = (slots[i] ?? -1) - YEAR;
		if (part >= 0 && part < PARTS) at[part] = i;
	}
	const present = at.filter((position) => position >= 0);
	return present.length === 0 ? undefined : [...at, Math.min(...present), Math.max(...present)];
}

/** What tells stamps of different parts apart, a bit for each. */
const keyOf = (parts: readonly number[]): number => parts.slice(0, PARTS).reduce((sum, at, part) => sum + (at < 0 ? 0 : 1 << part), 0);

/** The stamp that the time of the record is read from; undefined when there is none. */
export function stampPlaces(layers: Layers, isExpanded: boolean): readonly number[] | undefined {
	const { slots, framed, carriers } = layers;
	// A stamp inside the record is more precise than that of the frame: it has a year and fractions.
	const isInside = slots.indexOf(DAY, framed) >= 0;
	// Captures that were replaced do not tell which were those of the frame: the kernel knows. Those of carriers stay.
	const isMixed = isExpanded && carriers.length === 0;
	const [first, behind] = isInside ? [framed, slots.length] : isMixed || framed === 0 ? [0, slots.length] : layers.stamp;
	const parts = partsIn(slots, first, behind);
	if (parts === undefined) return undefined;
	const isStampOutside = slots.slice(0, framed).includes(DAY);
	const isOwnFollowed = isInside ? carriers.length > 0 && !isStampOutside : !isMixed && !layers.isYearOutside;
	const isFollowed = framed === 0 || isOwnFollowed;
	const isFrameFollowed = framed > 0 && (isMixed || (isInside ? isStampOutside : layers.isYearOutside));
	const key = keyOf(parts) + (isFollowed ? 1 << PARTS : 0) + (isFrameFollowed ? 2 << PARTS : 0);
	return [...parts, key, isFollowed ? 1 : 0, isFrameFollowed ? 1 : 0];
}

/** The stamps of carriers that are not that of the record, from the outermost one inwards, each as long as the places of a stamp. */
export function carrierPlaces(layers: Layers): readonly (readonly number[])[] {
	return carrierStamps(layers).map(({ parts }) => [...parts, keyOf(parts), 0, 0]);
}

/** The same, with the index of the carrier. */
export function carrierStamps(layers: Layers): readonly { readonly carrier: number; readonly parts: readonly number[] }[] {
	const { slots, framed, carriers } = layers;
	const [own] = slots.indexOf(DAY, framed) >= 0 ? [framed] : layers.stamp;
	return carriers.flatMap(({ first, marker }, carrier) => {
		const parts = first === own ? undefined : partsIn(slots, first, marker);
		return parts === undefined ? [] : [{ carrier, parts }];
	});
}
