/**
 * The part of the WebAssembly API that the kernels use, in the words of TypeScript's DOM library: that library
 * declares it, but also a browser's window, which this project's files should not see. Declarations merge
 * where both are present.
 */
declare namespace WebAssembly {
  interface MemoryDescriptor {
    initial: number;
    maximum?: number;
    shared?: boolean;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(delta: number): number;
  }
  var Memory: { prototype: Memory; new (descriptor: MemoryDescriptor): Memory };

  // biome-ignore lint/suspicious/noEmptyInterface: opaque
  interface Module {}
  var Module: { prototype: Module; new (bytes: Uint8Array<ArrayBuffer>): Module };

  interface Instance {
    readonly exports: Record<string, unknown>;
  }
  var Instance: {
    prototype: Instance;
    new (module: Module, imports?: Record<string, Record<string, unknown>>): Instance;
  };
}
