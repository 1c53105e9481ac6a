import { describe, expect, test } from 'vitest';
import { loadRecipe } from '../node/recipes.ts';
import { codeStatistics } from './code.ts';
import type { Facts, Figures } from './facts.ts';
import { type Diagnosis, diagnose, diagnosisOfCodes } from './index.ts';

const errors = (mse: number, mae = mse * 3, bce = mse * 8) => ({
  mse,
  mae,
  bce,
  squaredErrorPerImage: mse * 784,
  bcePerImage: bce * 784,
});

/** A model that beats PCA in every figure. */
const GOOD: Figures = {
  dataset: 'digits',
  split: 'test',
  images: 1000,
  model: errors(0.01),
  corrupted: null,
  pca: { components: 32, ...errors(0.02) },
  meanImage: errors(0.07),
  similarity: {
    model: { ssim: 0.9, psnr: 20 },
    corrupted: null,
    pca: { ssim: 0.6, psnr: 17 },
    meanImage: { ssim: 0.1, psnr: 11 },
  },
  objective: { values: { loss: 0.01 } },
  codeUnits: 32,
  code: { definition: '', of: 'units', count: 32, varying: 32, restAt: null, images: 1000 },
};

const epochs = (...losses: number[]): Facts['epochs'] =>
  losses.map((loss, i) => ({
    epoch: i + 1,
    step: (i + 1) * 500,
    training: { loss },
    validation: { loss },
    learningRate: 0.001,
    seconds: 1,
    imagesPerSecond: 1000,
  }));

const SETTLED = epochs(0.03, 0.0101, 0.01009);

const of = (
  figures: Partial<Figures>,
  { recipe = 'basic', set = {}, course = SETTLED, range = [0, 1] as [number, number] } = {},
): Diagnosis =>
  diagnose({ figures: { ...GOOD, ...figures }, recipe: loadRecipe(recipe, set), epochs: course, range });

const kinds = ({ findings }: Diagnosis) => findings.map(({ kind }) => kind);

const still = (varying: number, count = 32, restAt: [number, number] = [6, 6]) => ({
  code: { definition: '', of: 'units' as const, count, varying, restAt, images: 1000 },
});

describe('the verdict', () => {
  test('counts the figures in which the model is better, and names the images', () => {
    expect(of({})).toEqual({
      verdict:
        'The model beats PCA with a code of the same size in all 7 figures on 1,000 test images of digits.',
      findings: [],
    });
    const { pca, model } = GOOD;
    expect(of({ pca: { ...pca!, mae: model.mae / 2, bce: model.bce } }).verdict).toBe(
      'The model beats PCA with a code of the same size in 5 of 7 figures (MSE, SE per image, BCE per image, SSIM and PSNR) on 1,000 test images of digits.',
    );
  });

  test('counts figures that were added from outside, each in its own direction', () => {
    const figures = (better: 'lower' | 'higher' | null) =>
      of({
        model: { ...GOOD.model, ...{ added: 1 } },
        pca: { ...GOOD.pca!, ...{ added: 2 } },
        figures: [{ key: 'added', name: 'added', note: '', unit: '', better }],
      }).verdict;
    expect(figures('lower')).toContain('in all 8 figures');
    expect(figures('higher')).toContain('in 7 of 8 figures');
    expect(figures(null)).toContain('in all 7 figures');
  });

  test('does not count what was not measured', () => {
    expect(of({ similarity: null }).verdict).toContain('in all 5 figures');
    expect(of({ model: { ...GOOD.model, bce: Number.NaN } }).verdict).toContain('in all 6 figures');
    expect(of({ pca: null, code: null }).verdict).toContain('beats the mean image in all 7 figures');
  });

  test('says how few the images are, and how few the components', () => {
    expect(of({ images: 8 }).verdict).toContain('on only 8 test images');
    expect(of({ images: 1 }).verdict).toContain('on only 1 test image of');
    expect(of({ pca: { ...GOOD.pca!, components: 9 } }).verdict).toContain('PCA with 9 components');
  });

  test('a denoiser is judged by what it does to noisy images', () => {
    const corrupted = { model: errors(0.015), input: errors(0.14) };
    const { verdict, findings } = of({ corrupted }, { recipe: 'denoising' });
    expect(verdict).toBe(
      'Denoising reduces the squared error per pixel from 0.1400 to 0.01500 on 1,000 test images of digits. On clean images the model beats PCA with a code of the same size in all 7 figures.',
    );
    expect(findings).toEqual([]);
  });

  test('a variational model need not beat PCA, and says how much of its code it uses', () => {
    const { verdict, findings } = of(
      {
        model: errors(0.03),
        objective: { values: { loss: 120, klDivergence: 24.5 } },
        ...still(14, 20),
      },
      { recipe: 'vae20' },
    );
    expect(findings).toEqual([]);
    expect(verdict).toContain('It uses 14 of 20 code units, with a KL divergence of 24.50 nats per image.');
  });
});

describe('what is the matter', () => {
  test('a dead code, with the setting that cures it', () => {
    const { verdict, findings } = of({ ...still(1), model: errors(0.06) });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ kind: 'dead-code', level: 'useless', sentence: verdict });
    expect(verdict).toContain('Only 1 of 32 code units varies between images');
    expect(findings[0]!.cause).toContain('relu6');
    expect(findings[0]!.cause).toContain('They stay at 6');
    expect(findings[0]!.remedy).toContain('--set model.code.activation=identity');
    expect(findings[0]!.remedy).toContain('--set training.optimiser.learningRate=0.0005');
  });

  test('a codebook that is mostly unused, and one that is lost', () => {
    const used = (share: number) =>
      of({ code: { ...still(64, 64).code!, symbols: { used: share, perplexity: 2 } } }, { recipe: 'vq' })
        .findings;
    expect(used(0.5)).toEqual([]);
    const [weak] = used(0.2);
    expect(weak).toMatchObject({ kind: 'dead-codebook', level: 'weak' });
    expect(weak!.sentence).toContain('Only 51 of 256 vectors of the codebook are in use');
    expect(weak!.remedy).toContain('--set model.code.entries=64');
    expect(used(1 / 256)[0]).toMatchObject({ level: 'useless' });
  });

  test.each<[string, Record<string, unknown>, number, string]>([
    ['saturated sigmoid layers', {}, 0.07, 'training.optimiser.learningRate=0.0015'],
    [
      'a contraction that is too heavy',
      { 'penalties.contraction.weight': 5 },
      0.07,
      'penalties.contraction.weight=0.5',
    ],
    ['one too heavy for images that differ little', {}, 0.0007, 'penalties.contraction.weight=0.005'],
    [
      'one next to a mean over pixels',
      { 'loss.reduction': 'mean', 'penalties.contraction.weight': 0.02 },
      0.07,
      'loss.reduction=sum',
    ],
  ])('a dead code by %s', (_, set, mean, remedy) => {
    const figures = { ...still(0), model: errors(mean), meanImage: errors(mean) };
    const [finding] = of(figures, { recipe: 'contractive', set }).findings;
    expect(finding!.remedy).toContain(`--set ${remedy}`);
  });

  test('a code that is mostly unused is weak; one of maps, sparse or wide is as it may be', () => {
    expect(of(still(10)).findings[0]).toMatchObject({ kind: 'dead-code', level: 'weak' });
    expect(of(still(20)).findings).toEqual([]);
    expect(of(still(300, 1024), { recipe: 'sparse' }).findings).toEqual([]);
  });

  test('units are dead where enough samples say so, or where the code explains nothing', () => {
    const sparse = { active: 16, dead: 0.9, dense: 0, explainedVariance: 0.8, cosine: 0.9, frequencies: [] };
    const dead = (images: number, more: Partial<typeof sparse> = {}) => {
      const { code } = still(32);
      const figures = { codeUnits: 2048, images, code: { ...code, sparse: { ...sparse, ...more } } };
      return of(figures as Partial<Figures>, { recipe: 'topk' }).findings.find(
        ({ kind }) => kind === 'dead-units',
      );
    };
    expect(dead(512)).toMatchObject({ level: 'weak' });
    expect(dead(511)).toBeUndefined();
    expect(dead(8, { explainedVariance: -3 })).toMatchObject({ level: 'useless' });
    expect(dead(8, { active: 0, dead: 1 })).toMatchObject({ level: 'useless' });
  });

  test.each([
    [{ objective: { values: { loss: 200, klDivergence: 0.001 } } }, {}, 'model.code.kl.weight=0.25'],
    [still(0, 20), { 'loss.reduction': 'mean' }, 'loss.reduction=sum'],
    [
      { objective: { values: { loss: 200, klDivergence: 10.01 } } },
      { 'model.code.kl.freeBits': 0.5 },
      'model.code.kl.warmup=',
    ],
    // The weight of a bound is 1.
    [
      { objective: { values: { loss: 200, klDivergence: 0.001 } } },
      { 'model.code.importance': { type: 'iwae' } },
      'model.code.prior.type=realnvp',
    ],
    [
      { objective: { values: { loss: 200, klDivergence: -0.02 } } },
      { 'model.code.prior': { type: 'vamp' } },
      'model.code.kl.weight=0.25',
    ],
  ])('a collapsed KL divergence %#', (figures, set, remedy) => {
    const { findings } = of(figures, { recipe: 'vae20', set });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ kind: 'posterior-collapse', level: 'useless' });
    expect(findings[0]!.remedy).toContain(`--set ${remedy}`);
  });

  test('a code that has collapsed but for a few units is not called a matter of the learning rate', () => {
    const objective = { values: { loss: 220, klDivergence: 0.4 } };
    const heavy = { recipe: 'vae20', set: { 'model.code.kl.weight': 30 } };
    const { verdict, findings } = of({ model: errors(0.068), objective, ...still(2, 20) }, heavy);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ kind: 'posterior-collapse', level: 'useless' });
    expect(findings[0]!.remedy).toContain('--set model.code.kl.weight=7.5');
    expect(verdict).toBe(
      "The code has collapsed: 2 of 20 units are active with a KL divergence of 0.4000 nats per image, and 97.1 % of the mean image's squared error is left.",
    );
    // With some use it is not useless; with the usual weight a model that learned little was not pushed.
    const some = of({ model: errors(0.05), objective, ...still(2, 20) }, heavy);
    expect(kinds(some)).toEqual(['posterior-collapse']);
    expect(some.findings[0]).toMatchObject({
      level: 'weak',
      sentence: expect.stringContaining('collapsed in part'),
    });
    expect(kinds(of({ model: errors(0.05), objective, ...still(2, 20) }, { recipe: 'vae20' }))).toEqual([]);
  });

  test.each([
    [errors(0.068), 'hardly better than', epochs(0.07, 0.0699, 0.0699), 'learningRate=0.0005'],
    [errors(0.08), 'worse than', epochs(0.07, 0.0699, 0.0699), 'learningRate=0.0005'],
    [errors(900), 'worse than', epochs(0.07, 40, 9000), 'training.clipNorm=1'],
    [errors(0.068), 'hardly better than', epochs(0.08, 0.07), '--epochs 4'],
  ])('no better than the mean image %#', (model, words, course, remedy) => {
    const { verdict, findings } = of({ model }, { course });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ kind: 'mean-image', level: 'useless' });
    expect(verdict).toContain(words);
    expect(findings[0]!.remedy).toContain(remedy);
  });

  test('training images learned by heart', () => {
    const course = epochs(0.07, 0.069).map((row) => ({ ...row, training: { loss: 0.002 } }));
    const [finding] = of({ model: errors(0.068) }, { course }).findings;
    expect(finding).toMatchObject({ kind: 'mean-image', level: 'useless' });
    expect(finding!.cause).toContain('by heart');
    expect(finding!.remedy).toContain('more images');
    // A training loss as high as the validation loss has another cause.
    const stuck = of({ model: errors(0.068) }, { course: epochs(0.07, 0.0699, 0.0699) }).findings;
    expect(stuck[0]!.cause).not.toContain('by heart');
  });

  test('too few steps are the cause before anything else is', () => {
    const course = epochs(0.07, 0.0699).map((row) => ({ ...row, step: row.epoch * 20 }));
    const [finding] = of({ model: errors(0.068) }, { course }).findings;
    expect(finding!.cause).toContain('only 40 steps');
    expect(finding!.remedy).toContain('--epochs 100');
  });

  test('behind PCA in squared error, where its kind should not be', () => {
    const model = { ...errors(0.03), mae: 0.05 };
    const behind = of({ model }, { recipe: 'stacked' });
    expect(kinds(behind)).toEqual(['behind-pca']);
    expect(behind.findings[0]).toMatchObject({ level: 'weak' });
    expect(behind.findings[0]!.sentence).toContain('better in 4 of 7 figures');
    expect(behind.findings[0]!.remedy).toContain('--set loss.type=mse');
    for (const recipe of ['vae20', 'contractive', 'denoising'])
      expect(kinds(of({ model }, { recipe }))).not.toContain('behind-pca');
  });

  test('behind PCA because it learned its training images by heart', () => {
    const rows = (training: number[], validation: number[]) =>
      epochs(...validation).map((row, i) => ({ ...row, training: { loss: training[i]! } }));
    const remedy = (course: Facts['epochs'], recipe = 'basic') =>
      of({ model: errors(0.03) }, { recipe, course }).findings[0]!;
    // Such as a cross-entropy, whose lowest value is not 0.
    const risen = remedy(rows([0.5, 0.4, 0.38], [0.55, 0.5, 0.6]));
    expect(risen.cause).toContain('lowest after epoch 2 and then rose by 20.0 %');
    expect(risen.remedy).toContain('more images, or try a convolutional recipe');
    expect(remedy(rows([0.03, 0.002, 0.001], [0.04, 0.0301, 0.03])).cause).toContain('by heart');
    // A recipe with windows is not told to try one.
    expect(remedy(rows([0.5, 0.4, 0.38], [0.55, 0.5, 0.6]), 'conv').remedy).not.toContain('convolutional');
    // Both losses rose, or neither: something else.
    expect(remedy(rows([0.5, 0.4, 0.5], [0.55, 0.5, 0.6])).cause).toContain('relu6');
    expect(remedy(SETTLED).cause).toContain('relu6');
  });

  test('a denoiser that leaves more than it takes', () => {
    const corrupted = { model: errors(0.03), input: errors(0.02) };
    expect(of({ corrupted }, { recipe: 'denoising' }).findings[0]).toMatchObject({
      kind: 'no-denoising',
      level: 'useless',
    });
    // Made defects are a small part of an image: the error everywhere else says nothing of them.
    const inspected = of({ corrupted }, { recipe: 'inspect' });
    expect(inspected.findings.map(({ kind }) => kind)).not.toContain('no-denoising');
    expect(inspected.verdict).not.toContain('Denoising');
  });

  test.each<[[number, number], string, string]>([
    [[0, 0], 'blank-images', 'are black'],
    [[1, 1], 'blank-images', 'are white'],
    [[0.2, 0.9], 'alike-images', 'are alike'],
  ])('images in %j have nothing to learn', (range, kind, words) => {
    const { verdict, findings } = of(
      { meanImage: errors(1e-9), model: errors(1e-5), images: 5, ...still(0) },
      { range },
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ kind, level: 'useless' });
    expect(verdict).toMatch(
      /^There was nothing to learn: all images .*, as measured on only 5 test images of/,
    );
    expect(verdict).toContain(words);
  });

  test('a loss that still falls at the end', () => {
    const course = epochs(0.05, 0.03, 0.02);
    expect(of({}, { course }).findings).toEqual([
      expect.objectContaining({
        kind: 'still-improving',
        level: 'advice',
        remedy: 'Train longer: --epochs 6.',
      }),
    ]);
    // Twice the same advice helps nobody.
    expect(kinds(of({ model: errors(0.03) }, { course }))).toEqual(['behind-pca']);
  });

  test('one short epoch', () => {
    const course = epochs(0.02).map((row) => ({ ...row, step: 63 }));
    expect(of({}, { course }).findings[0]!.sentence).toBe('It was trained for one epoch of 63 steps.');
  });
});

describe('the statistics of a code', () => {
  const moments = (std: number[], mean = std.map(() => 1)) => ({
    count: 100,
    mean: Float64Array.from(mean),
    std: Float64Array.from(std),
  });

  test('a unit varies, or rests', () => {
    expect(
      codeStatistics(moments([0.5, 0, 1e-7], [0, 6, 0]), { shape: [3], hasVariance: false }),
    ).toMatchObject({
      of: 'units',
      count: 3,
      varying: 1,
      restAt: [0, 6],
    });
  });

  test('a map varies where one of its places does', () => {
    const code = codeStatistics(moments([0, 0, 0, 0.1, 0, 0, 0, 0]), {
      shape: [2, 2, 2],
      hasVariance: false,
    });
    expect(code).toMatchObject({ of: 'maps', count: 2, varying: 1 });
  });

  test('a unit of a variational code is active where the variance of its mean is above 0.01', () => {
    expect(codeStatistics(moments([0.09, 0.11]), { shape: [2], hasVariance: true })!.varying).toBe(1);
  });

  test('one image says nothing', () => {
    expect(codeStatistics({ ...moments([0]), count: 1 }, { shape: [1], hasVariance: false })).toBeNull();
  });

  test('of a model whose evaluation is not at hand', () => {
    const dead = { mean: [6, 6], std: [0, 0], images: 100 };
    expect(diagnosisOfCodes(dead, false)!.findings[0]).toMatchObject({ kind: 'dead-code', level: 'useless' });
    expect(diagnosisOfCodes(dead, true)!.findings[0]).toMatchObject({ kind: 'posterior-collapse' });
    expect(diagnosisOfCodes({ ...dead, std: [0, 1] }, false)).toBeNull();
  });
});

describe('of rows', () => {
  const columns = [{}];
  const rows: Partial<Figures> = { columns, similarity: null, dataset: 'images.csv' };

  test('sentences speak of rows and values, and keep the name of the data', () => {
    const { verdict } = of({ ...rows, model: errors(0.08) });
    expect(verdict).toBe(
      'The reconstructions are worse than the mean row: squared error 0.08000 per value against 0.07000 on 1,000 test rows of images.csv.',
    );
    expect(of({ ...rows, ...still(0) }).verdict).toMatch(/varies between rows: the code is dead/);
    const { findings } = of({ ...rows, model: errors(0.08) }, { course: epochs(0.03, 0.01, 0.05) });
    expect(findings[0]!.remedy).not.toContain('conv');
  });

  test('rows of other classes are meant to have large errors: the verdict is their AUROC', () => {
    const others = (auroc: number) =>
      of({ ...rows, model: errors(0.9), detection: { score: 'distance', scores: { distance: { auroc } } } });
    expect(others(0.97).verdict).toMatch(/by distance .* AUROC of 0\.970 on 1,000 test rows/);
    expect(kinds(others(0.97))).toEqual([]);
    expect(kinds(others(0.52))).toEqual(['no-separation']);
  });
});

describe('a discriminator of codes', () => {
  const losses = (...discriminator: number[]): Facts['epochs'] =>
    discriminator.map((loss, i) => ({
      ...SETTLED[0]!,
      epoch: i + 1,
      step: (i + 1) * 500,
      validation: { loss: 0.01, discriminator: loss },
    }));
  const found = (...discriminator: number[]) =>
    of(
      { objective: { values: { loss: 0.01, discriminator: discriminator.at(-1)! } } },
      { recipe: 'aae', course: losses(...discriminator) },
    ).findings;

  test('that tells codes from the prior has won', () => {
    const [finding] = found(1, 0.4, 0.2);
    expect(finding).toMatchObject({ kind: 'discriminator-wins', level: 'weak' });
    expect(finding!.sentence).toContain('its loss is 0.2000 nats, where 1.386 is chance');
  });

  test('that never told anything has collapsed', () => {
    expect(found(1.3862, 1.3863, 1.3863)[0]).toMatchObject({ kind: 'discriminator-idle' });
  });

  test('that was beaten by the encoder is as it should be', () => {
    expect(found(0.7, 1.1, 1.38)).toEqual([]);
  });

  test('is not looked for in other models', () => {
    expect(of({ objective: { values: { loss: 0.01, discriminator: 0.1 } } }).findings).toEqual([]);
  });
});
