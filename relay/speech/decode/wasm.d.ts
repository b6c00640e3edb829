/** Vite puts the file into the bundle, as a data address. */
declare module '*.wasm?url&inline' {
  const address: string;
  export default address;
}

/** The little of it we use: without the browser's library nobody else describes it. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  interface Instance {
    readonly exports: Record<string, unknown>;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports: object): Promise<Instance>;
}
