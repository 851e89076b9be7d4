/** What is used of WebAssembly; Node's types leave it out. */

export interface Memory {
	/** Another one after each growth. */
	readonly buffer: ArrayBuffer;
	/** By so many pages of 64 KiB; throws a RangeError when there is no more. */
	grow(pages: number): number;
}

/** A number that whoever holds it sees change. */
export interface Global {
	value: number;
}

/** Functions by number, for calls between modules. */
export interface Table {
	set(index: number, entry: unknown): void;
}

interface Api {
	readonly Memory: new (pages: { readonly initial: number; readonly maximum?: number }) => Memory;
	readonly Table: new (type: { readonly element: "anyfunc"; readonly initial: number }) => Table;
	readonly Global: new (type: { readonly value: "i32"; readonly mutable: true }, value: number) => Global;
	readonly Module: new (bytes: Uint8Array) => object;
	readonly Instance: new (module: object, imports: { readonly env: object }) => { readonly exports: object };
	/** What a trap throws. */
	readonly RuntimeError: new () => Error;
}

declare const WebAssembly: Api;

/** The engine's own: https://webassembly.github.io/spec/js-api/ */
export const wasm: Api = WebAssembly;
