/** What a tracker knows, saved as plain data: it goes on from there as if it had never stopped. */
import { MailtrailError } from "../errors.js";

/** JSON and back changes nothing of it. */
export interface TrackerState {
	/** Whose tracker it is. */
	readonly format: string;
	/** Version of what all trackers share, and of the tracker: `1.1`. */
	readonly version: string;
	/** What the tracker alone understands. */
	readonly data: unknown;
}

/** Version of `DraftState` and `TableState`. */
const SHARED = 1;

export interface StateKind<Data> {
	save(data: Data): TrackerState;
	/**
	 * Undefined for none.
	 * @throws MailtrailError `state.version` for a state of another tracker, or of another version
	 */
	load(state: TrackerState | undefined): Data | undefined;
}

/** How a tracker saves and loads what it knows. Give it another version when `Data` changes: old states are then refused. */
export function stateKind<Data>(format: string, version: number): StateKind<Data> {
	const own = `${SHARED}.${version}`;
	return {
		save: (data) => ({ format, version: own, data }),
		load: (state) => {
			if (state === undefined) return undefined;
			if (state.format === format && state.version === own) return state.data as Data;
			throw new MailtrailError(
				"state.version",
				2,
				`the saved state is of ${state.format}, version ${state.version}; this is ${format}, version ${own}`,
				"Begin anew without it, or go on with the version of mailtrail that saved it.",
			);
		},
	};
}
