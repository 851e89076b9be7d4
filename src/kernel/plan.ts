/**
 * The plan of a record: all that follows from the names of its captures alone, worked out once by JavaScript for all records
 * that were captured alike. Real logs have a few hundred plans.
 */
import { headFor } from "./bytes";
import { CAPTURE, LOG, PLANS, RECENT } from "./memory";
import { Encoding, encoding, eol, frameEnd, isExpanded, isLatin1, lines, logEnd, reason } from "./record";
import { rules } from "./route";

@unmanaged
export class Plan {
	next: u32;
	/** What else it depends on. */
	key: u32;
	/** Captures of the frame, and of all. */
	framed: u32;
	count: u32;
	/** The slots of the captures. */
	slots: u32;
	/** Computations: their number, then each as told in results.ts; 0 for none. */
	computations: u32;
	/** Computed values that there may be. */
	values: u32;
	/** The computations look up what is not known before, so that no result can be remembered. */
	isForgetful: u32;
	/** Entry of the catalog that the captures tell, from 1; 0 for none. */
	entry: u32;
	/** Where its cases stand, see choose.ts. */
	cases: u32;
	/** Where the parts of its stamp stand, see time.ts; 0 for none. */
	stamp: u32;
	/** The shape of the last record, see shape.ts. */
	recent: u32;
}

/** The plan of the record, 0 when it has none yet. */
export let plan: usize = 0;

export function planned(): Plan {
	return changetype<Plan>(plan);
}

/** What a plan depends on besides the captures and where the frame ends. */
function planKey(): u32 {
	const flags = (isLatin1 ? 1 : 0) + (encoding === Encoding.bytes ? 0 : 8) + (lines > 1 ? 2 : 0) + (isExpanded ? 4 : 0);
	return <u32>((rules + 1) * 256 + reason * 64 + eol * 16 + flags);
}

function isFor(one: Plan, key: u32, size: usize): bool {
	if (one.key !== key || one.count * <u32>CAPTURE !== <u32>size) return false;
	if (one.framed * <u32>CAPTURE !== <u32>(frameEnd - LOG)) return false;
	let slot = <usize>one.slots;
	let at = LOG;
	const end = at + size;
	// Two at a time.
	for (; at + CAPTURE < end; at += 2 * CAPTURE, slot += 8)
		if (load<u32>(slot) !== load<u32>(at) || load<u32>(slot, 4) !== load<u32>(at, CAPTURE)) return false;
	return at === end || load<u32>(slot) === load<u32>(at);
}

function headOf(key: u32): usize {
	let hash = key;
	for (let at = LOG; at < logEnd; at += CAPTURE) hash = hash * 31 + load<u32>(at);
	return headFor(hash, PLANS);
}

/** Finds the plan of the record; false when it has none yet. */
export function findPlan(): bool {
	const key = planKey();
	const size = logEnd - LOG;
	// The capture that ended last names the template: what it was part of last time is most often right.
	const last = size === 0 ? 0 : load<u32>(logEnd - CAPTURE);
	const recent = RECENT + ((<usize>(last & 4095)) << 2);
	plan = load<u32>(recent);
	if (plan !== 0 && isFor(planned(), key, size)) return true;
	for (plan = load<u32>(headOf(key)); plan !== 0; plan = planned().next)
		if (isFor(planned(), key, size)) {
			store<u32>(recent, <u32>plan);
			return true;
		}
	return false;
}

export function sizeOfPlan(): usize {
	return offsetof<Plan>();
}

/** Adds the plan of the record, with what JavaScript has put into memory for it. */
export function addPlan(at: usize, slots: u32, computations: u32, values: u32, isForgetful: bool, entry: u32, stamp: u32): void {
	const added = changetype<Plan>(at);
	const key = planKey();
	const head = headOf(key);
	added.next = load<u32>(head);
	added.key = key;
	added.framed = <u32>((frameEnd - LOG) / CAPTURE);
	added.count = <u32>((logEnd - LOG) / CAPTURE);
	added.slots = slots;
	added.computations = computations;
	added.values = values;
	added.isForgetful = isForgetful ? 1 : 0;
	added.entry = entry;
	added.cases = 0;
	added.stamp = stamp;
	added.recent = 0;
	store<u32>(head, <u32>at);
	plan = at;
}

/** Forgets all plans, and with them all that hangs on them. */
export function forgetPlans(): void {
	memory.fill(RECENT, 0, 4 * 4096);
	memory.fill(PLANS, 0, 4096);
	plan = 0;
}
