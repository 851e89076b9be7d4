/** The error that something broken must cause. */
import { MailtrailError } from "../../src/errors.js";

export function caught(broken: () => unknown): MailtrailError {
	try {
		broken();
	} catch (error) {
		if (error instanceof MailtrailError) return error;
		throw error;
	}
	throw new Error("nothing was refused");
}

export const message = (broken: () => unknown): string => caught(broken).message;
