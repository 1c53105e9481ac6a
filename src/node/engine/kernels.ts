import { readFileSync } from 'node:fs';
import { packageFile } from '../../installation.ts';
import { compileKernels, type Kernels } from '../../kernels/index.ts';

let compiled: ((memory: WebAssembly.Memory) => Kernels) | undefined;

/** The kernels over a memory. The module is read and compiled once in a process. */
export function kernelsOn(memory: WebAssembly.Memory): Kernels {
  compiled ??= compileKernels(
    readFileSync(packageFile(new URL('../../kernels/kernels.wasm', import.meta.url))),
  );
  return compiled(memory);
}
