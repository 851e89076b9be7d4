import { convert } from "./convert.js";
import { correlate } from "./correlate.js";
import { explain } from "./explain.js";
import { formats } from "./formats.js";
import { restore } from "./restore.js";
import { validate } from "./validate.js";
import type { Verb, VerbGroup } from "./verb.js";

/** The verbs in the order of help. A new one is a file beside this and a line here. */
export const verbs: readonly (Verb | VerbGroup)[] = [convert, validate, explain, correlate, restore, formats];
