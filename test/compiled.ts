/** Before all tests: the formats are compiled once, so that no test pays for it. */
import { loadTestFormats } from "./corpus/formats.js";

export default async function setup(): Promise<void> {
	await loadTestFormats();
}
