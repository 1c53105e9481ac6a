/** A part of the loss from outside of hourglass. It couples the images of a batch: each unit is ½ on average over them. */
export default ({ graph, z }) => {
  const { mul, reduceSum, square, sub } = graph;
  return {
    penalties: [
      {
        type: 'balance',
        partName: 'balance of the units',
        noun: 'balance penalty',
        schema: z.strictObject({ weight: z.number().min(0), target: z.number().default(0.5) }),
        summary: 'Σ (mean over the batch − target)² over the units of the code',
        couplesImages: true,
        isHeavy: false,
        isPerImage: true,
        shrinksCode: null,
        wantsSparse: false,
        costsReconstruction: false,
        lowersJacobian: false,
        part: (net, { target }, { code }) => ({
          definition: `Σ (mean over a batch − ${target})², summed over units`,
          unit: 'balance',
          symbol: reduceSum(square(sub(mul(reduceSum(code, [0]), net.inverseBatch), target))),
        }),
      },
    ],
  };
};
