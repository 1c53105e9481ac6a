import type { Tour } from '../tour.ts';

const QUICK = { recipe: 'quick', 'training.epochs': 10 } as const;

export const variationalTour: Tour = {
  id: 'vae',
  title: 'Why a VAE has no holes',
  about:
    'Two models with the same layers and a plane of codes. One of them was trained so that you can decode almost any point near its middle.',
  steps: [
    {
      title: 'First a plain autoencoder',
      text: 'With a code of two numbers, all codes can be seen at once, as points on a plane. Two numbers are few, so the reconstructions will be blurred. Train this plain autoencoder first, to compare with.',
      action: {
        type: 'train',
        label: 'Train the plain one',
        as: 'plain',
        recipe: QUICK.recipe,
        set: { 'training.epochs': QUICK['training.epochs'], 'model.code.units': 2 },
      },
    },
    {
      title: 'A plane with holes',
      text: 'Nothing in this training says where codes should lie: look at the numbers on the axes. Between and around the dots are empty regions, and the decoder was never trained there. Move over them: some show digits, others things that are no digit at all.',
      action: { type: 'open', label: 'Show its plane', view: 'explore', run: 'plain' },
    },
    {
      title: 'Now a variational one',
      text: 'A variational autoencoder (VAE) gives each image a small cloud of codes, a Gaussian with a mean and a variance for each unit. In training the decoder gets a random point of the cloud, so points next to each other must decode to similar images. A second part of the loss, the KL divergence, pulls all clouds towards the standard normal distribution around 0.',
      action: {
        type: 'train',
        label: 'Train the VAE',
        as: 'vae',
        recipe: QUICK.recipe,
        set: {
          'training.epochs': QUICK['training.epochs'],
          'model.code': { type: 'gaussian', units: 2 },
          'loss.reduction': 'sum',
        },
      },
    },
    {
      title: 'A plane to walk on',
      text: 'The codes now lie close together around 0, a few units wide. Move over the plane: near the middle almost every point decodes to something like a digit, and one digit changes into the next without a jump. Far from all dots, even a VAE draws nonsense: it was not trained there either.',
      action: { type: 'open', label: 'Show the plane of the VAE', view: 'explore', run: 'vae' },
    },
    {
      title: 'What it costs',
      text: 'The decoder has to do with a random point of each cloud, so the VAE’s reconstructions are blurrier on the whole. The two losses cannot be compared, as the VAE’s has the KL divergence in it and is summed over the pixels; figures such as the MSE can. In exchange, you can draw a code at random and decode a new image.',
      action: { type: 'compare', label: 'Compare both runs', runs: ['plain', 'vae'] },
    },
  ],
};
