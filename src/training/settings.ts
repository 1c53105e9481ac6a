/** The settings of a training: optimiser, learning rate over time, batches, when to stop, what to keep. */
import * as z from 'zod';

/** The least setting of an optimiser, which computes in float32: a smaller number would be 0 there, or change no weight. */
const small = z.number().positive().min(1e-12);
const learningRate = (value: number) =>
  small
    .max(1e6)
    .default(value)
    .describe(
      'the length of a step: what the gradient, as the optimiser has scaled it, is multiplied by. The default is the usual one of this optimiser; halve it if the loss jumps, double it if it falls too slowly',
    );
const momentum = z
  .number()
  .min(0)
  .lt(1)
  .default(0)
  .describe('the share of the previous step that is added to this one; 0 is none, 0.9 is usual');
const decay = {
  weightDecay: z.number().min(0).default(0).describe('L2: weightDecay · weight is added to the gradient'),
  decayBiases: z.boolean().default(false).describe('whether weight decay reaches biases and scales too'),
};
const share = (value: number, of: string) =>
  z.number().min(0).lt(1).default(value).describe(`the share of the running mean of ${of} that a step keeps`);
const [beta1, beta2] = [share(0.9, 'gradients'), share(0.999, 'squared gradients')];
const epsilon = z
  .number()
  .positive()
  .min(1e-30)
  .default(1e-8)
  .describe('added to the root of the mean squared gradient, so that nothing is divided by 0');

export const optimiserSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('sgd'),
    learningRate: learningRate(0.01),
    momentum,
    nesterov: z
      .boolean()
      .default(false)
      .describe("Nesterov's momentum: the gradient counts as if the step of the momentum were done already"),
    ...decay,
  }),
  z.strictObject({
    type: z.literal('rmsprop'),
    learningRate: learningRate(0.001),
    smoothing: share(0.9, 'squared gradients'),
    momentum,
    epsilon,
    ...decay,
  }),
  z.strictObject({
    type: z.literal('adam'),
    learningRate: learningRate(0.001),
    beta1,
    beta2,
    epsilon,
    ...decay,
  }),
  z.strictObject({
    type: z.literal('adamw'),
    learningRate: learningRate(0.001),
    beta1,
    beta2,
    epsilon,
    weightDecay: z
      .number()
      .min(0)
      .default(0.01)
      .describe('decoupled: learningRate · weightDecay · weight is subtracted'),
    decayBiases: decay.decayBiases,
  }),
]);

export type OptimiserConfig = z.infer<typeof optimiserSchema>;

const warmup = z
  .number()
  .min(0)
  .default(0)
  .describe('epochs (a fraction will do) over which the rate first rises from 0');

export const scheduleSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('constant'), warmup }),
  z
    .strictObject({
      type: z.literal('step'),
      every: z.number().positive().describe('epochs from one drop to the next'),
      factor: z.number().gt(0).lt(1).default(0.1).describe('what the rate is multiplied by at each drop'),
      warmup,
    })
    .describe('multiplies the rate by a factor every few epochs'),
  z
    .strictObject({
      type: z.literal('cosine'),
      final: z.number().min(0).max(1).default(0).describe('the last rate, as a fraction of the highest'),
      warmup,
    })
    .describe('falls along half a cosine to the end of training'),
]);

export type ScheduleConfig = z.infer<typeof scheduleSchema>;

export const trainingSchema = z
  .strictObject({
    epochs: z.int().min(1).max(100_000).describe('how many times every training image is seen'),
    batchSize: z
      .int()
      .min(1)
      .max(65_536)
      .default(128)
      .describe(
        'images of one step. Smaller batches make more steps of an epoch, larger ones make better use of the processor; 128 suits MNIST',
      ),
    optimiser: optimiserSchema
      .prefault({ type: 'adam' })
      .describe('how a gradient becomes a step of the weights'),
    schedule: scheduleSchema
      .prefault({ type: 'constant' })
      .describe("how the optimiser's learning rate changes in the course of a training"),
    rateChanges: z
      .array(
        z.strictObject({
          step: z.int().min(0).describe('steps from the beginning of the run, after which the change holds'),
          learningRate: small
            .max(1e6)
            .describe("takes the place of the optimiser's learning rate; the schedule still applies to it"),
        }),
      )
      .max(10_000)
      .refine((changes) => changes.every(({ step }, i) => i === 0 || step > changes[i - 1]!.step), {
        message: 'must have steps that rise',
      })
      .optional()
      .describe(
        'changes of the learning rate in the course of the training. A run records those that were made while it trained, so that its recipe gives the same bits again',
      ),
    clipNorm: small
      .nullable()
      .default(null)
      .describe('scales the whole gradient down to this Euclidean norm where it is longer'),
    keep: z
      .enum(['best', 'last'])
      .default('best')
      .describe('whether the model is that of the lowest validation loss or that of the last epoch'),
    earlyStopping: z
      .strictObject({
        patience: z.int().min(1).describe('epochs without improvement after which training ends'),
        minDelta: z.number().min(0).default(0).describe('how much lower a loss must be to count'),
      })
      .nullable()
      .default(null)
      .describe('ends the training where the validation loss falls no further; null trains all epochs'),
  })
  .describe('epochs, batches, optimiser, learning rate, when to stop and what to keep');

/** The settings under `training` in a recipe. docs/api/settings.md lists them. */
export type TrainingSettings = z.infer<typeof trainingSchema>;
