/**
 * A kind of code from outside of hourglass: units between 0 and 1 with a uniform prior. It has what a kind can have:
 * settings, parameters of its own, a part of the loss, a further output of whole numbers, a prior that is not N(0, I),
 * and a note.
 */
export default ({ graph, nn, z }) => {
  const { add, cast, mul, reduceSum, sigmoid, square, sub } = graph;
  return {
    codes: [
      {
        type: 'uniform',
        schema: z.strictObject({
          type: z.literal('uniform'),
          units: z.int().min(1),
          levels: z.int().min(2).default(10),
          centring: z.strictObject({ weight: z.number().min(0) }).prefault({ weight: 0.1 }),
        }),
        couplesImages: false,
        make(net, h, { units, levels, centring }, { initialiser }) {
          const logits = nn.dense(net, h, { units, bias: true, initialiser });
          const gain = net.parameter('gain', [units], { type: 'constant', value: 1 }, 'bias');
          const value = sigmoid(mul(logits, gain));
          return {
            value,
            plain: value,
            outputs: { level: cast(mul(value, levels), 'int64') },
            parts: (net) => [
              {
                name: 'centring',
                definition: 'Σ (h − ½)² over the units of the code, mean over images',
                unit: 'Σ (h − ½)² per image',
                weight: centring.weight,
                couplesImages: false,
                symbol: net.within('centring', () => net.mean(reduceSum(square(sub(value, 0.5)), [1]))),
              },
            ],
          };
        },
        traits: () => ({
          hasVariance: false,
          rate: null,
          activation: 'sigmoid',
          range: [0, 1],
          isDense: false,
          inEpochs: [],
        }),
        prior: {
          name: 'U(0, 1)',
          isStandardNormal: false,
          noiseUnits: (_, units) => units,
          // The normal distribution function of the noise, closely enough.
          sample: (_net, noise) => sigmoid(mul(noise, 1.702)),
          logDensity: (_net, code) => mul(reduceSum(code, [1]), 0),
        },
        outputs: { level: { words: 'the level of each unit, a whole number', perUnit: false } },
        isSampled: false,
        partNames: { centring: 'centring of the code' },
        notes: ({ levels }) => [`the code is told in ${levels} levels, but trained without steps`],
      },
    ],
    losses: [
      {
        type: 'logcosh',
        summary: 'log cosh of the error, nearly',
        settings: {},
        couplesImages: false,
        words: () => 'smooth absolute error',
        axis: ['smooth AE', 'smooth AE'],
        unit: null,
        terms: (_, { image }, target) => sub(graph.sqrt(add(square(sub(image, target)), 1)), 1),
        likelihood: null,
        bestConstant: 'mean',
      },
    ],
  };
};
