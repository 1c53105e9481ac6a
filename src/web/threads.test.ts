import { expect, test } from 'vitest';
import { processors, runtimeThreads } from './threads.ts';

const navigator = { hardwareConcurrency: 4 };

test.each([
  ['an isolated page', { crossOriginIsolated: true, SharedArrayBuffer, navigator }, 4],
  ['a page that is not isolated', { crossOriginIsolated: false, SharedArrayBuffer, navigator }, 1],
  ['one that says it is, without the class', { crossOriginIsolated: true, navigator }, 1],
  [
    'one of many cores',
    { crossOriginIsolated: true, SharedArrayBuffer, navigator: { hardwareConcurrency: 64 } },
    8,
  ],
  ['one that does not tell its cores', { crossOriginIsolated: true, SharedArrayBuffer, navigator: {} }, 1],
  ['no page at all', { SharedArrayBuffer, navigator }, 4],
])('threads of ONNX Runtime in %s', (_, scope, threads) => {
  expect(runtimeThreads(scope)).toBe(threads);
});

test('helpers need no isolation', () => {
  expect(processors({ crossOriginIsolated: false, navigator })).toBe(4);
});
