/** A classic archive of one file. */
export function tarOf(name: string, bytes: Buffer): Buffer {
	const head = Buffer.alloc(512);
	head.write(name);
	head.write("0000644\0", 100);
	head.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
	head.write("00000000000\0", 136);
	head.write("        0", 148);
	head.write(
		`${head
			.reduce((sum, byte) => sum + byte, 0)
			.toString(8)
			.padStart(6, "0")}\0`,
		148,
	);
	return Buffer.concat([head, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512), Buffer.alloc(1024)]);
}
