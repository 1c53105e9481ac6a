// tsc copies no files but its own: bring the compiled kernels beside the compiled loader.
import { copyFileSync, mkdirSync } from 'node:fs';

mkdirSync(new URL('../dist/kernels/', import.meta.url), { recursive: true });
copyFileSync(
  new URL('../src/kernels/kernels.wasm', import.meta.url),
  new URL('../dist/kernels/kernels.wasm', import.meta.url),
);
