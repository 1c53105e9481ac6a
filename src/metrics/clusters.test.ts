import { describe, expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { clusterByKMeans } from './clusters.ts';
import type { LabelledFeatures } from './features.ts';

/** Blobs of radius 1 around (10 k, 0). */
function blobs(classes: number, each: number, seed: number): LabelledFeatures {
  const draw = random(seed);
  const count = classes * each;
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classes);
  const features = Float32Array.from([...labels].flatMap((k) => [10 * k + draw(), draw()]));
  return { features, labels, count, width: 2 };
}

describe('k-means', () => {
  test('finds blobs that lie apart', async () => {
    const rows = blobs(4, 30, 1);
    const result = await clusterByKMeans(rows, { classes: 4 });
    expect(result).toMatchObject({ accuracy: 1, clusters: 4, seed: 1 });
    expect(result.nmi).toBeCloseTo(1, 12);
    // Two uniform coordinates of variance 1/12 a row.
    expect(result.inertia / rows.count).toBeCloseTo(1 / 6, 1);
  });

  test('finds nothing in classes that are none', async () => {
    const rows = blobs(4, 30, 1);
    const draw = random(9);
    const labels = rows.labels.map(() => Math.floor(4 * draw()));
    const { accuracy, nmi } = await clusterByKMeans({ ...rows, labels }, { classes: 4 });
    expect(accuracy).toBeLessThan(0.45);
    expect(nmi).toBeLessThan(0.15);
  });

  test('is the same for the same seed, and more starts are never worse', async () => {
    const draw = random(5);
    const features = Float32Array.from({ length: 400 }, draw);
    const rows = { features, labels: new Uint8Array(100), count: 100, width: 4 };
    const of = (starts: number) => clusterByKMeans(rows, { classes: 7, starts, seed: 3 });
    expect(await of(2)).toEqual(await of(2));
    const one = await of(1);
    expect((await of(6)).inertia).toBeLessThanOrEqual(one.inertia);
    expect(one.clusters).toBe(7);
  });

  test('takes a code that has collapsed', async () => {
    const labels = Uint8Array.from([0, 0, 1, 2]);
    const same = { features: new Float32Array(8).fill(0.3), labels, count: 4, width: 2 };
    expect(await clusterByKMeans(same, { classes: 3 })).toMatchObject({ accuracy: 0.5, nmi: 0, clusters: 1 });
    const two = { ...same, features: Float32Array.from([1, 1, 1, 1, 5, 5, 5, 5]) };
    expect(await clusterByKMeans(two, { classes: 3 })).toMatchObject({
      accuracy: 0.75,
      clusters: 2,
      inertia: 0,
    });
  });
});
