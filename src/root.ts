import { existsSync, readFileSync } from "node:fs";

/** The package's own folder, whether this code runs from `src` or from `dist/src`: what ships as data is found from here. */
export const packageRoot: URL = findRoot(new URL(".", import.meta.url));

function findRoot(folder: URL): URL {
	if (existsSync(new URL("package.json", folder))) return folder;
	const parent = new URL("..", folder);
	if (parent.href === folder.href) throw new Error(`no package.json above ${import.meta.url}: the installation of mailtrail is broken`);
	return findRoot(parent);
}

/** JSON that ships with the package; `path` is relative to its folder. The shape is the caller's claim. */
export function readShipped<T>(path: string): T {
	return JSON.parse(readFileSync(new URL(path, packageRoot), "utf8")) as T;
}

/** Version of the package. */
export const version: string = readShipped<{ readonly version: string }>("package.json").version;
