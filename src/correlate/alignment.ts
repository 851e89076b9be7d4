/** Two sequences that tell of the same things in the same order, each with gaps: how likely is each pair? */

/** An element of the first sequence, with the elements `from`, `from + 1`, … of the second that it may be. */
export interface Row {
	readonly from: number;
	/** Natural logarithms: how much likelier the pair is than two gaps. */
	readonly scores: readonly number[];
}

/** Odds that are never exceeded, so that sums stay finite. */
const MOST = 30;

const sum = (values: ArrayLike<number>): number =>
	Array.prototype.reduce.call(values, (total, one) => (total as number) + (one as number), 0) as number;

/**
 * Posterior probability of every pair, over all alignments that keep the order. Time and memory: the number of scores. Neither the first nor the
 * last column of a row may be before that of the row above.
 */
export function posteriors(rows: readonly Row[]): number[][] {
	const weights = rows.map(({ scores }) => scores.map((score) => Math.exp(Math.min(MOST, score))));
	const states = forward(rows, weights);
	const found: number[][] = [];
	// Weight of all alignments of the rows below that use no column before `base + index`.
	let rest: readonly number[] = [1];
	let base = 0;
	for (let index = rows.length - 1; index >= 0; index--) {
		const { from } = rows[index] as Row;
		const own = weights[index] ?? [];
		const { low, mass } = states[index] as State;
		const after = (column: number): number => rest[Math.min(rest.length - 1, Math.max(0, column - base))] ?? 0;
		const pairs: number[] = [];
		let earlier = low;
		let without = low * after(from);
		own.forEach((weight, column) => {
			pairs.push(earlier * weight * after(from + column + 1));
			earlier += mass[column] ?? 0;
			without += (mass[column] ?? 0) * after(from + column + 1);
		});
		const all = without + sum(pairs);
		found[index] = pairs.map((one) => one / all);
		const next: number[] = new Array(own.length + 1);
		let paired = 0;
		for (let column = own.length; column >= 0; column--) {
			if (column < own.length) paired += (own[column] ?? 0) * after(from + column + 1);
			next[column] = after(from + column) + paired;
		}
		const most = Math.max(...next);
		rest = next.map((one) => one / most);
		base = from;
	}
	return found;
}

/** Weights of all alignments of the rows above one, by the last column that they use. */
interface State {
	/** Those that use none of the columns of the row. */
	readonly low: number;
	readonly mass: readonly number[];
}

/** Each alignment is counted once. The weights of a state are relative to each other. */
function forward(rows: readonly Row[], weights: readonly (readonly number[])[]): State[] {
	const states: State[] = [];
	let low = 1;
	let mass: readonly number[] = [];
	let base = rows[0]?.from ?? 0;
	rows.forEach(({ from }, index) => {
		const own = weights[index] ?? [];
		const shift = from - base;
		low += sum(mass.slice(0, shift));
		const shifted = own.map((_, column) => mass[shift + column] ?? 0);
		states.push({ low, mass: shifted });
		let earlier = low;
		const next = shifted.map((one, column) => {
			const paired = earlier * (own[column] ?? 0);
			earlier += one;
			return one + paired;
		});
		const scale = low + sum(next);
		low /= scale;
		mass = next.map((one) => one / scale);
		base = from;
	});
	return states;
}
