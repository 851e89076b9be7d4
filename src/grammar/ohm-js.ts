/** ohm-js, loaded when a grammar is read: those that ship are compiled already, and loading takes 30 ms of every start. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export const ohmJs = (): typeof import("ohm-js") => require("ohm-js") as typeof import("ohm-js");
