/** What the last bits of a sum of floats depend on, in a few words. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const VENDORED = new URL('../../vendor/onnxruntime-node/package.json', import.meta.url);

export function machineKey(): string {
  const { version } = JSON.parse(readFileSync(fileURLToPath(VENDORED), 'utf8')) as { version: string };
  const instructions = instructionSets();
  return [`${process.platform}-${process.arch}`, `onnxruntime ${version}`, ...instructions].join(', ');
}

/** Those that ONNX Runtime's matrix products have kernels for, where Linux tells. */
function instructionSets(): string[] {
  let text = '';
  try {
    text = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return [];
  }
  const flags = /^flags\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  return ['avx', 'avx2', 'fma', 'avx512f', 'avx512_vnni', 'amx_tile'].filter((set) => flags.includes(set));
}
