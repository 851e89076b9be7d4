/** Waits for changes in folders, whatever way editors write: in place, or into another file that is then renamed. */
import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname, join } from "node:path";

/** Folders, and the names in each that count. */
export type Watched = ReadonlyMap<string, RegExp>;

export interface Watcher {
	/** Watches these folders from now on, also those that are still to appear in a folder that is there. */
	readonly see: (folders: Watched) => void;
	/** The paths that changed since the last call; undefined when it is over. */
	readonly next: () => Promise<readonly string[] | undefined>;
	readonly close: () => void;
}

/** Editors write in several steps; a change counts when so long nothing more came. */
const SETTLED_MS = 40;

/** Ends when `signal` is aborted. */
export function watchFolders(signal: AbortSignal): Watcher {
	const watchers = new Map<string, { readonly watcher: FSWatcher; readonly inode: number }>();
	let folders: Watched = new Map();
	let changed = new Set<string>();
	let wake: () => void = () => undefined;
	let timer: NodeJS.Timeout | undefined;
	signal.addEventListener("abort", () => wake(), { once: true });

	const note = (folder: string, name: string): void => {
		const path = join(folder, name);
		if (folders.get(folder)?.test(name) !== true && !folders.has(path)) return;
		changed.add(path);
		clearTimeout(timer);
		timer = setTimeout(() => {
			timer = undefined;
			wake();
		}, SETTLED_MS);
	};
	const forget = (folder: string): void => {
		watchers.get(folder)?.watcher.close();
		watchers.delete(folder);
	};
	const isSettled = (): boolean => changed.size > 0 && timer === undefined;

	return {
		see(wanted) {
			folders = wanted;
			// What is around them tells when they come, go, or are replaced by others of their name.
			const all = new Set([...wanted.keys()].flatMap((folder) => [folder, dirname(folder)]));
			for (const folder of watchers.keys()) if (!all.has(folder)) forget(folder);
			for (const folder of all) {
				const inode = statSync(folder, { throwIfNoEntry: false })?.ino;
				if (watchers.get(folder)?.inode !== inode) forget(folder);
				if (inode === undefined || watchers.has(folder)) continue;
				const watcher = watch(folder, (_, name) => {
					if (name !== null) note(folder, name);
				});
				watcher.on("error", () => forget(folder));
				watchers.set(folder, { watcher, inode });
			}
		},
		async next() {
			while (!signal.aborted && !isSettled())
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			if (signal.aborted) return undefined;
			const paths = [...changed].sort();
			changed = new Set();
			return paths;
		},
		close() {
			clearTimeout(timer);
			for (const folder of [...watchers.keys()]) forget(folder);
		},
	};
}
