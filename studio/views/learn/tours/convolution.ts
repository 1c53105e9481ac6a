import type { Tour } from '../tour.ts';
import { ASTERISK } from './drawings.ts';

export const convolutionTour: Tour = {
  id: 'convolution',
  title: 'Codes that are pictures',
  about: 'Convolutions look at one small place after the other, and their code keeps the places apart.',
  steps: [
    {
      title: 'Train with convolutions',
      text: 'A convolution has small filters, here 3 × 3 pixels, that slide over the whole image: the same few weights serve every place. This network has 28,353 weights, where the network of the first tour has almost a million. It computes more with them, so an epoch takes longer.',
      action: {
        type: 'train',
        label: 'Train it',
        as: 'conv',
        recipe: 'conv',
        set: { 'training.epochs': 6 },
      },
    },
    {
      title: 'A code of 32 small pictures',
      text: 'The code is 32 maps of 7 × 7, one for each filter of the last layer. In some of them you can still see the digit: a place of the map belongs to a place of the image. Other maps are empty, as their filter found nothing.',
      action: { type: 'open', label: 'Show the maps', view: 'try', run: 'conv', parameters: { image: 3 } },
    },
    {
      title: 'Larger than the image',
      text: 'The code has 1,568 numbers, twice as many as the image has pixels, so it need not leave much out. The reconstruction of this asterisk is far closer than what the narrow code of the first tour makes of it. Digits come back better as well, so the threshold is lower; the drawing is above it, but by less: a model that can copy is a worse judge of what is unusual.',
      action: {
        type: 'open',
        label: 'Draw an asterisk',
        view: 'try',
        run: 'conv',
        parameters: { draw: ASTERISK },
      },
    },
  ],
};
