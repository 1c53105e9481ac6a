import { expect, test } from 'vitest';
import { requireWebAssembly } from './engine-files.ts';

test('WebAssembly with SIMD is asked for, and is here', () => {
  requireWebAssembly(WebAssembly);
  expect(() => requireWebAssembly(undefined)).toThrow(/^WebAssembly: this browser has none; use Chrome 91/);
  const rule = /^WebAssembly: this browser or processor has no SIMD in it; use Chrome 91/;
  expect(() => requireWebAssembly({ validate: () => false })).toThrow(rule);
});
