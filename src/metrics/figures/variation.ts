/** How rough images and their reconstructions are. */
import { TOTAL_VARIATION_DEFINITION, TotalVariation } from '../smoothness.ts';
import type { Figure, Measure } from './figure.ts';
import { isImage, planarShape } from './image.ts';

const variation: Measure<{ totalVariation: number; totalVariationOfImages: number }> = {
  begin: (samples) => {
    const [images, reconstructions] = [0, 1].map(() => new TotalVariation(planarShape(samples))) as [
      TotalVariation,
      TotalVariation,
    ];
    return {
      add: (originals, others) => {
        images.add(originals);
        reconstructions.add(others);
      },
      result: () => ({
        totalVariation: reconstructions.result(),
        totalVariationOfImages: images.result(),
      }),
    };
  },
};

export const VARIATION_FIGURES = [
  {
    key: 'totalVariation',
    name: 'total variation',
    note: 'of reconstructions',
    definition: `of the reconstructions; ${TOTAL_VARIATION_DEFINITION}`,
    unit: '',
    better: null,
    appliesTo: isImage,
    modelOnly: true,
    measure: variation,
  },
  {
    key: 'totalVariationOfImages',
    name: 'total variation, images',
    note: 'of the images',
    definition: `of the images; ${TOTAL_VARIATION_DEFINITION}`,
    unit: '',
    better: null,
    appliesTo: isImage,
    modelOnly: true,
    measure: variation,
  },
] as const satisfies readonly Figure[];
