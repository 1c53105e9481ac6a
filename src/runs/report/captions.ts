/** What to look for in a run's pictures, by their names; in this order they are shown. */
const CAPTIONS: readonly (readonly [name: string, title: string, caption: string])[] = [
  [
    'reconstructions',
    'Reconstructions',
    'The first test images of each class, what became of them, and their squared errors: what is lost first, and which classes are confused?',
  ],
  [
    'loss',
    'Loss',
    'Training and validation over the epochs: still falling means train longer; validation that turns upwards means that it learns by heart.',
  ],
  [
    'loss-parts',
    'Parts of the loss',
    'Each part before its weight: one that falls to 0 at once has won over the others.',
  ],
  [
    'before-after',
    'Before and after',
    'The same test images with the first weights and with the trained ones.',
  ],
  [
    'denoising',
    'Denoising',
    'Original, noisy, reconstruction, residual: the residual should look like the noise, not like the image.',
  ],
  [
    'anomalies',
    'Anomalies',
    'Middling reconstructions and the worst, with their absolute error: the mask should be dark only where an image is unusual.',
  ],
  [
    'codes',
    'Codes',
    'The codes of test images by class: do classes lie apart, though the model never saw a class?',
  ],
  ['codes-3d', 'Codes in space', 'The codes of test images by class, after training: do classes lie apart?'],
  [
    'codes-3d-before',
    'Codes in space, before training',
    'The same with the first weights: what training had to take apart.',
  ],
  [
    'codes-projections',
    'Codes from three sides',
    'The same codes without perspective: classes that overlap in one view may lie apart in another.',
  ],
  ['codes-projections-before', 'Codes from three sides, before training', 'The same with the first weights.'],
  [
    'manifold',
    'Manifold',
    'What the points of the plane decode to, in equal steps: shapes should change smoothly into one another.',
  ],
  [
    'manifold-quantiles',
    'Manifold by quantiles',
    'The same in steps of equal probability: what the prior often draws takes more room.',
  ],
  ['samples', 'Samples', 'Codes drawn from the prior, decoded: how many could pass for real?'],
  [
    'traversals',
    'Traversals',
    'One unit of a code is moved at a time: a row that does not change is a unit that is not used.',
  ],
  [
    'code-histograms',
    'Use of the code',
    'The values of the units that vary most: a single bar at 0 is a unit that is silent.',
  ],
  [
    'filters',
    'Filters',
    'The weights of the first layer as pictures: strokes and spots were learnt, grain was not.',
  ],
  ['epochs', 'Epoch by epoch', 'The same test images as training went on: what comes early, what late?'],
];

const PLACES = new Map(CAPTIONS.map(([name], i) => [name, i]));

export interface PictureWords {
  title: string;
  caption: string;
}

export function pictureWords(name: string): PictureWords {
  const found = CAPTIONS[PLACES.get(name) ?? -1];
  return found === undefined ? { title: name, caption: '' } : { title: found[1], caption: found[2] };
}

/** Known pictures in the order above, others behind them by name. */
export function inOrder(names: readonly string[]): string[] {
  const place = (name: string) => PLACES.get(name) ?? CAPTIONS.length;
  return [...names].sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}
