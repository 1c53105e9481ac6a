/**
 * The part of a browser's API that is used here, in the words of TypeScript's DOM library: that library would also declare
 * a window, which no other file should see. Declarations merge where both are present.
 */
declare namespace WebAssembly {
  function instantiate(module: Module, imports?: Record<string, Record<string, unknown>>): Promise<Instance>;
  function compileStreaming(source: Response | Promise<Response>): Promise<Module>;
  function compile(bytes: ArrayBuffer): Promise<Module>;
}
