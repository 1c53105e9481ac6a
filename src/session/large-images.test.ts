import { expect, test } from 'vitest';
import type { RunEvent } from './events.ts';
import { largeImageWatch } from './large-images.ts';
import type { StepEvent } from './observer.ts';
import type { Session } from './state.ts';

const session = (height: number, width: number, kind = 'image') =>
  ({
    dataset: { height, width, train: { spec: { kind } } },
    recipe: { training: { epochs: 10, batchSize: 4 } },
    position: { step: 100 },
  }) as unknown as Session;

test('what large images take is said once, after some steps', async () => {
  const said: RunEvent[] = [];
  const watch = largeImageWatch(session(256, 100), { emit: (event) => said.push(event) })!;
  for (let step = 101; step < 120; step++) {
    await watch.step!({ step, stepsPerEpoch: 20 } as StepEvent, async () => Promise.reject());
  }
  expect(said).toEqual([
    {
      type: 'warning',
      message: expect.stringMatching(
        /^images of 100 × 256 are large: a step of 4 takes \d+ ms here, the other 96 about \d.*, and the program holds \d+\.\d GB of memory/,
      ),
    },
  ]);
});

test('smaller images take little, and rows have no size to change', () => {
  expect(largeImageWatch(session(128, 128), { emit: () => {} })).toBe(null);
  expect(largeImageWatch(session(1, 50_000, 'row'), { emit: () => {} })).toBe(null);
});
