import type { Tour } from '../tour.ts';

export const sparseTour: Tour = {
  id: 'sparse',
  title: 'Codes that are mostly silent',
  about: 'A code may have more numbers than the image has pixels, if only a few of them may speak at a time.',
  steps: [
    {
      title: 'Train a sparse code',
      text: 'This code has 1,024 units for 784 pixels: it could simply copy the image. The sparsity penalty forbids it: each unit, a value between 0 and 1, is to be near 0.05 on average over the images. So a unit has to save itself for what it is good at.',
      action: {
        type: 'train',
        label: 'Train it',
        as: 'sparse',
        recipe: 'sparse',
        set: { 'training.epochs': 8 },
      },
    },
    {
      title: 'One image uses few units',
      text: 'The code is drawn as a picture, one pixel a unit; dark is active. Most units are nearly silent, and a few stand out. Which ones, depends on the image.',
      action: {
        type: 'open',
        label: 'Show a code',
        view: 'try',
        run: 'sparse',
        parameters: { image: 3 },
      },
    },
    {
      title: 'Another image, other units',
      text: 'This is a digit of another class: the dark pixels of the code are mostly at other places. Take more test images and compare. Images of one class share more of their units than images of different classes.',
      action: {
        type: 'open',
        label: 'Show another one',
        view: 'try',
        run: 'sparse',
        parameters: { image: 17 },
      },
    },
  ],
};
