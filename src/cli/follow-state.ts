/** What `--follow --state` remembers, so that a restart goes on where the last run stood. */
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import type { FollowedBefore, Following } from "../convert/follow.js";
import type { RecordState } from "../convert/records.js";
import { MailtrailError } from "../errors.js";
import type { Format } from "../format/format.js";
import { version } from "../root.js";

/** The file, as this program writes it. */
interface State {
	readonly version: 1;
	readonly mailtrail: string;
	readonly formats: readonly string[];
	readonly input: string;
	readonly place: FollowedBefore["place"];
	/** Of the file of `-o`: events behind these bytes were written, but not remembered. */
	readonly output: { readonly file: string; readonly bytes: number } | undefined;
	readonly records: RecordState;
}

export class FollowState {
	/** What was remembered last; undefined at the first run. */
	readonly #before: State | undefined;
	#following: Following | undefined;

	/** @throws MailtrailError `state.unreadable`, `state.other` */
	constructor(
		readonly path: string,
		readonly input: string,
		readonly formats: readonly Format[],
		readonly output: string | undefined,
	) {
		this.#before = read(path);
		if (this.#before !== undefined) this.#check(this.#before);
	}

	get from(): FollowedBefore | undefined {
		return this.#before === undefined ? undefined : { place: this.#before.place, given: this.#before.records.place.offset };
	}

	get records(): RecordState | undefined {
		return this.#before?.records;
	}

	/** How much of the output stays. */
	get keptBytes(): number {
		return this.#before?.output?.bytes ?? 0;
	}

	follow(following: Following): void {
		this.#following = following;
	}

	/** Remembers a place; all events before it have been written. */
	save(records: RecordState, bytes: number | undefined): void {
		const following = this.#following;
		if (following === undefined) return;
		const state: State = {
			version: 1,
			mailtrail: version,
			formats: this.formats.map(({ id }) => id),
			input: this.input,
			place: following.placeOf(records.place.offset),
			output: this.output === undefined || bytes === undefined ? undefined : { file: this.output, bytes },
			records,
		};
		// Whenever this is killed, the state is the old one or the new one.
		writeFileSync(`${this.path}.part`, `${JSON.stringify(state)}\n`);
		renameSync(`${this.path}.part`, this.path);
	}

	#check({ mailtrail, formats, input, output }: State): void {
		const refuse = (what: string): MailtrailError =>
			new MailtrailError("state.other", 2, what, "Use the same call and the same version, or remove the state to begin anew.", {
				file: this.path,
			});
		if (mailtrail !== version) throw refuse(`the state is that of mailtrail ${mailtrail}`);
		if (formats.join() !== this.formats.map(({ id }) => id).join()) throw refuse("the state was written with other formats");
		if (input !== this.input) throw refuse(`the state is that of ${input}`);
		if (output?.file !== this.output) throw refuse(`the events went to ${output?.file ?? "standard output"} before`);
		if (output === undefined) return;
		const bytes = statSync(output.file, { throwIfNoEntry: false })?.size ?? 0;
		if (bytes < output.bytes) throw refuse(`${output.file} has ${bytes} bytes, but ${output.bytes} were written to it`);
	}
}

function read(path: string): State | undefined {
	try {
		// Only this program writes it, and its version is looked at before anything else.
		const state = JSON.parse(readFileSync(path, "utf8")) as State;
		if (state.version === 1) return state;
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
	}
	throw new MailtrailError(
		"state.unreadable",
		2,
		"this is no state that convert wrote",
		"Name another file, or remove this one to begin anew.",
		{
			file: path,
		},
	);
}
