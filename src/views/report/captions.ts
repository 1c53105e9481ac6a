/** What to look for in a run's pictures, by name, in the order in which they are shown. */
const CAPTIONS: readonly (readonly [name: string, title: string, caption: string])[] = [
  [
    'reconstructions',
    'Reconstructions',
    'The first test images of each class, their reconstructions and their squared errors. Which details are lost, and which classes are confused?',
  ],
  [
    'loss',
    'Loss',
    'Training and validation loss by epoch. If both still fall, train longer; if the validation loss rises, the model overfits.',
  ],
  [
    'loss-parts',
    'Parts of the loss',
    'Each part without its weight. A part that falls to 0 at once outweighs the others.',
  ],
  [
    'before-after',
    'Before and after',
    'The same test images with the initial weights and with the trained ones.',
  ],
  [
    'denoising',
    'Denoising',
    'Original, noisy image, reconstruction and residual. The residual should look like the noise, not like the image.',
  ],
  [
    'anomalies',
    'Anomalies',
    'Typical images and those with the highest scores, and where each differs from its reconstruction. The mask or map should be dark only where an image is unusual.',
  ],
  [
    'codes',
    'Codes',
    'The codes of test images, coloured by class. Are the classes separated, although the model never saw a label?',
  ],
  [
    'codes-3d',
    'Codes in space',
    'The codes of test images after training, coloured by class. Are the classes separated?',
  ],
  [
    'codes-3d-before',
    'Codes in space, before training',
    'The same with the initial weights, before training separated anything.',
  ],
  [
    'codes-projections',
    'Codes from three sides',
    'The same codes without perspective. Classes that overlap in one view may be separated in another.',
  ],
  [
    'codes-projections-before',
    'Codes from three sides, before training',
    'The same with the initial weights.',
  ],
  [
    'manifold',
    'Manifold',
    'Decoded points of the plane, in equal steps. Shapes should change smoothly into one another.',
  ],
  [
    'manifold-quantiles',
    'Manifold by quantiles',
    'The same in steps of equal probability. What the prior draws often takes more room.',
  ],
  ['samples', 'Samples', 'Codes drawn from the prior and decoded. How many look real?'],
  [
    'traversals',
    'Traversals',
    'One unit of a code is changed at a time. A row that does not change belongs to a unit that is not used.',
  ],
  [
    'code-histograms',
    'Use of the code',
    'The values of the units that vary most. A single bar at 0 means that a unit is unused.',
  ],
  [
    'unit-frequencies',
    'How often units are not 0',
    'A sparse code has few units that are there often, and many that are there seldom. Those on the far left are nearly dead; those above −1 are dense.',
  ],
  [
    'filters',
    'Filters',
    'The weights of the first layer as pictures. Strokes and spots are learned features; noise means that a filter learned nothing.',
  ],
  [
    'epochs',
    'Epoch by epoch',
    'Reconstructions of the same test images during training. What is learned early, and what late?',
  ],
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

/** Known pictures in the order above, followed by others by name. */
export function inOrder(names: readonly string[]): string[] {
  const place = (name: string) => PLACES.get(name) ?? CAPTIONS.length;
  return [...names].sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}
