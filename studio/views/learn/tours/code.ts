import type { Tour } from '../tour.ts';
import { ASTERISK, THREE } from './drawings.ts';

export const codeTour: Tour = {
  id: 'code',
  title: 'What is a code?',
  about: 'An autoencoder squeezes an image into a few numbers and unfolds it again. See what survives.',
  steps: [
    {
      title: 'Train an autoencoder',
      text: 'An autoencoder is two networks: the encoder turns an image of 784 pixels into a code of 32 numbers, and the decoder turns the code back into an image. Both are trained together, so that what comes out is like what went in. Nobody tells them which digit an image shows.',
      action: {
        type: 'train',
        label: 'Train it',
        as: 'plain',
        recipe: 'quick',
        set: { 'training.epochs': 6 },
      },
    },
    {
      title: 'From an image to its code and back',
      text: 'This digit is from the test images, which the networks never saw in training. The bars are its code; the grey behind each bar is the range that the unit had in training. The error shows what did not survive: mostly at the edges of the strokes.',
      action: {
        type: 'open',
        label: 'Show a test image',
        view: 'try',
        run: 'plain',
        parameters: { image: 3 },
      },
    },
    {
      title: 'Draw one yourself',
      text: 'Your drawing is scaled and centred like the digits that the model knows. Each stroke changes the code, and the reconstruction follows. Undo and draw on: a small change of the image is a small change of the code.',
      action: {
        type: 'open',
        label: 'Begin with a drawn 3',
        view: 'try',
        run: 'plain',
        parameters: { draw: THREE },
      },
    },
    {
      title: 'What it cannot say',
      text: 'A code of 32 numbers has room for digits because digits have much in common; other images do not fit in. The model makes something else of this asterisk, because it is like no digit, and the error is large. The mean squared error is the anomaly score: 99 % of digits that were held out of training are below the threshold, and this drawing is far above it.',
      action: {
        type: 'open',
        label: 'Draw an asterisk',
        view: 'try',
        run: 'plain',
        parameters: { draw: ASTERISK },
      },
    },
    {
      title: 'Codes of a thousand images',
      text: 'Here each dot is the code of a test image, seen along the two directions in which the codes differ most. Digits of one class lie near each other, although training knew no classes: images that look alike get codes that are alike. Point at a dot to see its image, or at an empty place to see what the decoder makes of it.',
      action: { type: 'open', label: 'Explore the codes', view: 'explore', run: 'plain' },
    },
  ],
};
