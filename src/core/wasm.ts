/** The part of two globals that is used: Node and browsers have both, the types this folder is compiled with neither. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};
declare function atob(base64: string): string;

/** Makes instances of a WebAssembly module, which is compiled at the first call; `base64`: as scripts/build.js wrote it. */
export function wasmFactory<Exports>(base64: string): (imports?: object) => Exports {
  let compiled: object | undefined;
  return (imports = {}) => {
    compiled ??= new WebAssembly.Module(bytesOf(base64));
    return new WebAssembly.Instance(compiled, imports).exports as Exports;
  };
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export const WASM_PAGE_BYTES = 65536;

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
