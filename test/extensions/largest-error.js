/** A figure from outside: the largest error of any pixel. */
export default {
  key: 'largestError',
  name: 'largest error',
  note: 'of any pixel of any image',
  definition: 'largest absolute error of a pixel, of all images',
  unit: '',
  better: 'lower',
  measure: {
    begin() {
      let largest = 0;
      return {
        add(originals, reconstructions) {
          for (const [i, value] of originals.entries())
            largest = Math.max(largest, Math.abs(value - reconstructions[i]));
        },
        result: () => ({ largestError: largest }),
      };
    },
  },
};
