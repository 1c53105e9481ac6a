import type { Tour } from '../tour.ts';

const SET = { 'training.epochs': 5, 'loss.reduction': 'sum' } as const;

export const contractionTour: Tour = {
  id: 'contraction',
  title: 'What contraction does',
  about: 'A penalty on how strongly the code reacts to the image makes the code steadier, at a price.',
  steps: [
    {
      title: 'A code that may react freely',
      text: 'Change a pixel a little, and the code changes a little: how much is measured by ‖∂h/∂x‖, the norm of the code’s derivatives by the pixels. This first model is trained for its reconstructions alone. Its weight of the penalty is 0, which means that the norm is measured but not used.',
      action: {
        type: 'train',
        label: 'Train it freely',
        as: 'free',
        recipe: 'basic',
        set: { ...SET, 'penalties.contraction': { weight: 0 } },
      },
    },
    {
      title: 'A code that is held still',
      text: 'The second model has the square of that norm in its loss, with weight 1. Training now weighs two wishes against each other: reconstruct the image, and react as little as possible. All else is the same, down to the seed.',
      action: {
        type: 'train',
        label: 'Train it with the penalty',
        as: 'tight',
        recipe: 'basic',
        set: { ...SET, 'penalties.contraction': { weight: 1 } },
      },
    },
    {
      title: 'Side by side',
      text: 'The curves show the squared norm of both models, on training and on validation images. Below them are the errors on test images: with the penalty the norm is far smaller and the errors are larger. A code that reacts less also tells less.',
      action: {
        type: 'compare',
        label: 'Compare both runs',
        runs: ['free', 'tight'],
        parameters: { curve: 'contraction', scale: 'log' },
      },
    },
    {
      title: 'Shake the free one',
      text: 'A little noise, σ = 0.1, is added to this digit. Press “Other noise” several times and watch the bars of the code. Then take the last step and do the same with the other model.',
      action: {
        type: 'open',
        label: 'Add a little noise',
        view: 'try',
        run: 'free',
        parameters: { image: 3, noise: 0.1 },
      },
    },
    {
      title: 'Shake the contracted one',
      text: 'This is the same digit with the same noise. Its values are smaller as a whole, because small values are the easiest way to react little. Measured against the grey ranges, too, they should move less than those of the free model.',
      action: {
        type: 'open',
        label: 'Add the same noise',
        view: 'try',
        run: 'tight',
        parameters: { image: 3, noise: 0.1 },
      },
    },
  ],
};
