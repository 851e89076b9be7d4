/** Waits for changes in folders, whatever way editors write: in place, or into another file that is then renamed. */
import { type FSWatcher, statSync, watch } from "node:fs";
import { join } from "node:path";

export interface Watcher {
	/** Watches these folders from now on; those that are not there yet are left out until they are named again. */
	readonly see: (folders: readonly string[]) => void;
	/** The paths that changed since the last call; undefined when it is over. */
	readonly next: () => Promise<readonly string[] | undefined>;
	readonly close: () => void;
}

/** Editors write in several steps; a change counts when so long nothing more came. */
const SETTLED_MS = 40;

/** What a format and its corpus are made of; not the copies that editors put beside it. */
const IS_SOURCE = /\.(?:ohm|[cm]?js|ts|json|txt|log|md)$/;

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Ends when `signal` is aborted. */
export function watchFolders(signal: AbortSignal): Watcher {
	const watchers = new Map<string, { readonly watcher: FSWatcher; readonly inode: number }>();
	let changed = new Set<string>();
	let wake: () => void = () => undefined;
	let timer: NodeJS.Timeout | undefined;
	signal.addEventListener("abort", () => wake(), { once: true });

	const note = (path: string): void => {
		if (!IS_SOURCE.test(path) && !isFolder(path) && !watchers.has(path)) return;
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
		see(folders) {
			for (const folder of watchers.keys()) if (!folders.includes(folder)) forget(folder);
			for (const folder of folders) {
				const inode = statSync(folder, { throwIfNoEntry: false })?.ino;
				// A folder that was replaced by another of its name is watched anew.
				if (watchers.get(folder)?.inode !== inode) forget(folder);
				if (inode === undefined || watchers.has(folder)) continue;
				const watcher = watch(folder, (_, name) => note(name === null ? folder : join(folder, name)));
				// A folder that goes away tells so once more as an error.
				watcher.on("error", () => note(folder));
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
