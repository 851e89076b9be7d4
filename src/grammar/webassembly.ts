/** What is used of WebAssembly; Node's types leave it out. */

export interface Memory {
	readonly buffer: ArrayBuffer;
}

interface Api {
	readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => Memory;
	readonly Module: new (bytes: Uint8Array) => object;
	readonly Instance: new (module: object, imports: { readonly env: object }) => { readonly exports: object };
	/** What a trap throws. */
	readonly RuntimeError: new () => Error;
}

declare const WebAssembly: Api;

/** The engine's own: https://webassembly.github.io/spec/js-api/ */
export const wasm: Api = WebAssembly;
