import type { Tour } from '../tour.ts';

const EPOCHS = 8;

export const denoisingTour: Tour = {
  id: 'denoising',
  title: 'What noise teaches',
  about: 'A model that gets noisy images and has to give back clean ones must know what digits look like.',
  steps: [
    {
      title: 'Train with noise',
      text: 'In this training, each pixel of the encoder’s input gets random noise, with a standard deviation of 0.4. The loss compares the reconstruction with the image before the noise was added. Copying the input would copy the noise, so the network has to learn what strokes look like.',
      action: {
        type: 'train',
        label: 'Train with noise',
        as: 'noisy',
        recipe: 'quick',
        set: { 'training.epochs': EPOCHS, corruption: { type: 'gaussian', sigma: 0.4 } },
      },
    },
    {
      title: 'Noise in, less noise out',
      text: 'The slider adds the noise of the training to a test image that the model never saw. Below the pictures are two distances from the clean image: that of the noisy input and that of the reconstruction. The second one should be smaller: the model removed noise.',
      action: {
        type: 'open',
        label: 'Add the noise of the training',
        view: 'try',
        run: 'noisy',
        parameters: { image: 3, noise: 0.4 },
      },
    },
    {
      title: 'More noise than it knows',
      text: 'Here the noise is twice as strong as in training. Press “Other noise” a few times: the reconstruction changes, and sometimes becomes another digit. A denoiser does not recover what is lost; it draws what is likely after what it has seen.',
      action: {
        type: 'open',
        label: 'Double the noise',
        view: 'try',
        run: 'noisy',
        parameters: { image: 3, noise: 0.8 },
      },
    },
    {
      title: 'The same network without noise in training',
      text: 'Train the same network for as long, but on clean images. It gives clean images back better, because that is its only task. How it does with noise is the next step.',
      action: {
        type: 'train',
        label: 'Train without noise',
        as: 'clean',
        recipe: 'quick',
        set: { 'training.epochs': EPOCHS },
      },
    },
    {
      title: 'What it makes of noise',
      text: 'This is the same digit with the same noise as in step 2. A model that never saw noise takes it for a part of the image and finds a code for it, so strokes appear that belong to no digit. Compare the distance “after the model” with that of step 2.',
      action: {
        type: 'open',
        label: 'Give it the noisy digit',
        view: 'try',
        run: 'clean',
        parameters: { image: 3, noise: 0.4 },
      },
    },
  ],
};
