/** Who reads what a program writes, by the name that the frame gives it. */
import { areSame, copied, hashed, headFor } from "./bytes";
import { PROGRAMS } from "./memory";

/** A name of a program, and who reads what it writes. */
@unmanaged
class Program {
	next: u32;
	rules: i32;
	size: u32;
}

const SIZE_OF_PROGRAM: usize = offsetof<Program>();

/** Asked for first: lines of one program often follow each other. */
let recent: usize = 0;

export function forgetPrograms(): void {
	memory.fill(PROGRAMS, 0, 4096);
	recent = 0;
}

function headOf(start: usize, end: usize): usize {
	return headFor(hashed(0, start, end), PROGRAMS);
}

function isNamed(known: usize, start: usize, end: usize): bool {
	return changetype<Program>(known).size === <u32>(end - start) && areSame(start, end, known + SIZE_OF_PROGRAM);
}

/** What is known of a program, 0 for nothing. */
export function programOf(start: usize, end: usize): usize {
	if (recent !== 0 && isNamed(recent, start, end)) return recent;
	for (let known: usize = load<u32>(headOf(start, end)); known !== 0; known = changetype<Program>(known).next)
		if (isNamed(known, start, end)) {
			recent = known;
			return known;
		}
	return 0;
}

/** The format that reads what a known program writes. */
export function rulesOf(known: usize): i32 {
	return changetype<Program>(known).rules;
}

/** Bytes that `addProgram` needs for a name. */
export function sizeOfProgram(size: usize): usize {
	return (SIZE_OF_PROGRAM + size + 19) & ~3;
}

/** Remembers who reads what a program writes. */
export function addProgram(at: usize, start: usize, end: usize, index: i32): void {
	const known = programOf(start, end);
	if (known !== 0) {
		changetype<Program>(known).rules = index;
		return;
	}
	const head = headOf(start, end);
	const added = changetype<Program>(at);
	added.next = load<u32>(head);
	added.rules = index;
	added.size = <u32>(end - start);
	copied(start, end, at + SIZE_OF_PROGRAM);
	store<u32>(head, <u32>at);
}
