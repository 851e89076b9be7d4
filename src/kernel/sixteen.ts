/** What is among sixteen bytes, as a bit for each. The kernel's own: JavaScript has no such values. */

/** Bits for those of sixteen bytes that need a look: what JSON escapes, DEL for terminals, and all beyond ASCII. */
export function suspectsIn(sixteen: v128): i32 {
	// Of the bytes below 35, 32 and 33 alone are harmless: the change of one bit brings the quote (34) below 33, and them above it.
	const low = i8x16.lt_s(v128.xor(sixteen, i8x16.splat(2)), i8x16.splat(33));
	return i8x16.bitmask(v128.or(low, v128.or(i8x16.eq(sixteen, i8x16.splat(92)), i8x16.eq(sixteen, i8x16.splat(127)))));
}

/** Bits for those of sixteen bytes that are no decimal digits. */
export function othersThanDigits(sixteen: v128): i32 {
	return i8x16.bitmask(i8x16.gt_u(i8x16.sub(sixteen, i8x16.splat(48)), i8x16.splat(9)));
}
