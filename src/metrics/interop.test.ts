/** The figures compared with scikit-learn's and SciPy's, if there is a Python that has them. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { lacking, PYTHON } from '../../test/support/python.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { clusterAccuracy, normalisedMutualInformation } from './agreement.ts';
import { clusterByKMeans } from './clusters.ts';
import type { LabelledFeatures } from './features.ts';
import { importanceBound } from './likelihood.ts';
import { classifyByNeighbours } from './neighbours.ts';
import { auroc } from './roc.ts';
import { Similarity } from './structure.ts';

const why = lacking('scipy', 'sklearn');

/** SSIM is written again with SciPy's convolution. The clustering gives scikit-learn more starts. */
const SCRIPT = `
import json, sys
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.signal import convolve2d
from scipy.special import logsumexp
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
d = json.load(sys.stdin)
a = lambda name: np.array(d[name], dtype=np.float32).astype(np.float64)
x, y = (a(name).reshape(-1, 20, 16) for name in ('images', 'others'))
g = np.exp(-((np.arange(11) - 5) ** 2) / 4.5)
w = np.outer(g, g) / g.sum() ** 2
mean = lambda t: np.array([convolve2d(plane, w, mode='valid') for plane in t])
mx, my = mean(x), mean(y)
vx, vy, c = mean(x * x) - mx ** 2, mean(y * y) - my ** 2, mean(x * y) - mx * my
ssim = ((2 * mx * my + 1e-4) * (2 * c + 9e-4) / ((mx ** 2 + my ** 2 + 1e-4) * (vx + vy + 9e-4))).mean()
psnr = (10 * np.log10(1 / ((x - y) ** 2).reshape(-1, 3 * 320).mean(1))).mean()
train, test = a('train').reshape(-1, 6), a('test').reshape(-1, 6)
labels, held = np.array(d['trainLabels']), np.array(d['testLabels'])
clusters = np.array(d['clusters'])
counts = np.zeros((10, 10), int)
np.add.at(counts, (clusters, held), 1)
rows, columns = linear_sum_assignment(-counts)
weights = np.array(d['weights'])
json.dump({
  'ssim': ssim, 'psnr': psnr,
  'knn': [KNeighborsClassifier(k, algorithm='brute').fit(train, labels).score(test, held) for k in (1, 5)],
  'accuracy': counts[rows, columns].sum() / len(held),
  'nmi': normalized_mutual_info_score(held, clusters),
  'auroc': roc_auc_score(held > 4, a('scores')),
  'inertia': KMeans(10, n_init=10, random_state=0).fit(test).inertia_,
  'bounds': [(logsumexp(weights.reshape(-1, k), axis=1) - np.log(k)).mean() for k in (1, 50, 1000)],
}, sys.stdout)
`;

test.skipIf(why !== undefined)(
  `figures are those of Python's libraries${why === undefined ? '' : ` (skipped: ${why})`}`,
  async () => {
    const draw = random(11);
    const numbers = (length: number) => Float32Array.from({ length }, draw);
    const rows = (count: number): LabelledFeatures => {
      const labels = Uint8Array.from({ length: count }, () => Math.floor(10 * draw()));
      const features = Float32Array.from(
        [...labels].flatMap((k) =>
          Array.from({ length: 6 }, (_, i) => 1.5 * draw() + ((k * (i + 3)) % 7) / 4),
        ),
      );
      return { features, labels, count, width: 6 };
    };
    const images = numbers(4 * 3 * 20 * 16);
    const others = images.map((x) => 0.8 * x + 0.2 * draw());
    const [train, held] = [rows(900), rows(300)];
    const clusters = [...held.labels].map((k) => (draw() < 0.6 ? (k * 3) % 10 : Math.floor(10 * draw())));
    // Few different scores: ties.
    const scores = Float64Array.from(held.labels, (k) => Math.round(k + 8 * draw()));
    const weights = Array.from({ length: 1000 }, () => -100 + 12 * draw());
    const input = {
      images: [...images],
      others: [...others],
      train: [...train.features],
      trainLabels: [...train.labels],
      test: [...held.features],
      testLabels: [...held.labels],
      clusters,
      scores: [...scores],
      weights,
    };
    const ended = spawnSync(PYTHON!, ['-c', SCRIPT], { input: JSON.stringify(input), encoding: 'utf8' });
    expect(ended.stderr).not.toContain('Error');
    const theirs = JSON.parse(ended.stdout) as Record<string, number> & { knn: number[]; bounds: number[] };

    const similarity = new Similarity({ channels: 3, height: 20, width: 16 });
    similarity.add(images, others);
    const { ssim, psnr } = similarity.result();
    expect(ssim).toBeCloseTo(theirs.ssim!, 9);
    expect(psnr).toBeCloseTo(theirs.psnr!, 9);
    for (const [i, k] of [1, 5].entries()) {
      const ours = await classifyByNeighbours(nodeEngine, { train, test: held, classes: 10, threads: 1, k });
      expect(ours.accuracy).toBeCloseTo(theirs.knn[i]!, 12);
    }
    expect(clusterAccuracy(clusters, held.labels)).toBeCloseTo(theirs.accuracy!, 12);
    expect(normalisedMutualInformation(clusters, held.labels)).toBeCloseTo(theirs.nmi!, 12);
    expect(
      auroc(
        scores,
        held.labels.map((k) => (k > 4 ? 1 : 0)),
      ),
    ).toBeCloseTo(theirs.auroc!, 12);
    for (const [i, k] of [1, 50, 1000].entries())
      expect(importanceBound(weights, k)).toBeCloseTo(theirs.bounds[i]!, 9);
    // Local minima: ours may be a little worse or better.
    const { inertia } = await clusterByKMeans(held, { classes: 10, starts: 5 });
    expect(Math.abs(inertia / theirs.inertia! - 1)).toBeLessThan(0.03);
  },
);
