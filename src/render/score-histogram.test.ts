import { expect, test } from 'vitest';
import { scoreHistogram } from './score-histogram.ts';
import { expectRefused, matchGolden } from './testing.ts';

const plain = {
  title: 'stacked: anomaly scores',
  subtitle: 'photos; 3 above the threshold',
  xLabel: 'score',
  samples: 'images' as const,
  groups: [
    { name: 'held-out images (1,000)', shares: [0.1, 0.5, 0.3, 0.1, 0] },
    { name: 'given images (40)', shares: [0.2, 0.3, 0.2, 0.1, 0.2] },
  ],
  from: 0,
  to: 0.05,
  threshold: { name: 'threshold 0.04', value: 0.04 },
};

test('two groups and a threshold', () => matchGolden('score-histogram', scoreHistogram(plain)));

test('the threshold stands where its value is', () => {
  const at = (value: number) => {
    const svg = scoreHistogram({ ...plain, threshold: { name: 't', value } });
    return Number(/M([\d.]+) [\d.]+V[\d.]+" stroke="[^"]+" stroke-dasharray="2 3"/.exec(svg)![1]);
  };
  expect(at(0.02) - at(0)).toBeCloseTo(0.4 * (at(0.05) - at(0)), 0);
});

test('what cannot be drawn is refused', () => {
  expectRefused(() => scoreHistogram({ ...plain, to: 0 }), /must rise/);
  expectRefused(
    () => scoreHistogram({ ...plain, groups: [{ name: 'a', shares: [Number.NaN] }] }),
    /group "a".*finite/,
  );
});

test('small groups are drawn score by score, below the bars or alone', () => {
  const scores = [0.004, 0.005, 0.0052, 0.009, 0.012, 0.02, 0.044, 0.06];
  const given = { name: 'given images (8)', scores };
  const mixed = scoreHistogram({ ...plain, groups: [plain.groups[0]!, given] });
  matchGolden('score-histogram-few', mixed);
  const held = { name: 'held-out images (3)', scores: [0.003, 0.006, 0.011] };
  const alone = scoreHistogram({ ...plain, groups: [held, given] });
  matchGolden('score-histogram-alone', alone);
  // A line for each image, and no share of anything.
  expect(
    /d="([^"]+)" fill="none" stroke="[^"]+" stroke-width="1.5"/.exec(mixed)![1]!.match(/M/g),
  ).toHaveLength(8);
  expect(alone).not.toContain('share of images');
  expectRefused(
    () => scoreHistogram({ ...plain, groups: [{ name: 'a', scores: [Number.POSITIVE_INFINITY] }] }),
    /group "a".*finite/,
  );
});
