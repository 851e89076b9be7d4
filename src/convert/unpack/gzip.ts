/** gzip, all members of a file, one behind the other. */
import { createGunzip } from "node:zlib";
import { inflated } from "./inflated.js";

const OUTPUT = 256 * 1024;

/** Throws Damage behind all bytes that could be had. */
export const gunzip = (blocks: AsyncIterable<Buffer>, reread?: () => AsyncIterable<Buffer>): AsyncGenerator<Buffer> =>
	inflated(blocks, () => createGunzip({ chunkSize: OUTPUT }), reread);
