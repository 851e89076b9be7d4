/** Colours of a terminal. */
import { createRequire } from "node:module";

// Required, as an import would have its CommonJS read twice; and only by those who colour something.
const { createColors } = createRequire(import.meta.url)("picocolors") as typeof import("picocolors");

type Name = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

export type Colours = Readonly<Record<Name, (text: string) => string>>;

/** Functions that colour a text, or leave it alone. */
export const coloursOf = (isColoured: boolean): Colours => createColors(isColoured);
