/**
 * The plan of a sweep: everything that decides its trials, checked before anything starts. It is kept as sweep.json next to
 * the journal, so that another process can continue.
 */
import * as z from 'zod';
import { PRUNERS, SEARCHES } from '../choices.ts';
import { HourglassError } from '../errors.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { changesLoss, changesSamples, objectiveOf } from './objectives.ts';
import { ordered } from './parse.ts';
import { combinations, SAMPLERS } from './samplers/index.ts';
import { gridOf, type Point, pointBy, type Space, sizeOfSpace, type Value, valuesOf } from './space.ts';

const json = z.json();
const domainSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('choice'), values: z.array(json).min(1) }),
  z.strictObject({ type: z.literal('float'), low: z.number(), high: z.number(), log: z.boolean() }),
  z.strictObject({
    ...{ type: z.literal('int'), low: z.int(), high: z.int(), log: z.boolean() },
    step: z.int().min(1),
  }),
]);

/** The most combinations of a grid. */
const MOST_COMBINATIONS = 100_000;
/** Trials of a search that has no end of its own. */
const DEFAULT_TRIALS = 20;

export const planSchema = z.strictObject({
  format: z.literal('hourglass-sweep'),
  version: z.literal(1),
  name: z.string(),
  /** The recipe with every default. */
  recipe: z.record(z.string(), json),
  /** Values of every trial, by path. */
  fixed: z.record(z.string(), json),
  space: z.array(
    z.strictObject({
      path: z.string(),
      domain: domainSchema,
      when: z.record(z.string(), z.array(json)).optional(),
    }),
  ),
  search: z.enum(SEARCHES),
  prune: z.enum(PRUNERS),
  objectives: z.array(z.string()).min(1),
  trials: z.int().min(1),
  /** The seed of the search; each training has the recipe's. */
  seed: z.int().min(0),
  /** Seeds of the trainings that each combination is repeated with; 1 if it is not. */
  seeds: z.int().min(1),
  /** Threads of one training. */
  threads: z.int().min(1),
  /** Where images are looked for, as `train` takes it. */
  dataDir: z.string().nullable(),
  offline: z.boolean(),
  createdAt: z.string(),
});
export type Plan = Omit<z.infer<typeof planSchema>, 'space' | 'fixed'> & {
  space: Space;
  fixed: Record<string, Value>;
};

export interface PlanRequest {
  name: string;
  recipe: Recipe;
  fixed: Readonly<Record<string, Value>>;
  space: Space;
  search?: Plan['search'] | undefined;
  prune?: Plan['prune'] | undefined;
  objectives?: readonly string[] | undefined;
  trials?: number | undefined;
  seed?: number | undefined;
  seeds?: number | undefined;
  threads: number;
  dataDir: string | null;
  offline: boolean;
  now: string;
}

/** @throws HourglassError (usage) where a value, a combination or a choice is not valid. */
export function planOf(request: PlanRequest): Plan {
  const { recipe, fixed, seeds = 1 } = request;
  // One seed, where nothing else varies, is a sweep of one training.
  const isRepeated = seeds > 1 || (request.seeds !== undefined && request.space.length === 0);
  if (seeds > 1 && request.space.some(({ path }) => path === 'seed'))
    throw refuse('--seeds', "does not go with other values of 'seed'");
  const space = ordered(request.space);
  const first = Number(fixed.seed ?? recipe.seed);
  const repeated: Space = !isRepeated
    ? space
    : [
        ...space,
        {
          path: 'seed',
          domain: { type: 'choice', values: Array.from({ length: seeds }, (_, i) => first + i) },
        },
      ];
  if (repeated.length === 0) {
    throw new HourglassError('usage', {
      subject: 'sweep',
      rule: 'needs a setting with several values, or --seeds',
      hint: 'for example --set model.code.units=8,16,32',
    });
  }
  const clash = repeated.find(({ path }) => path in fixed && path !== 'seed');
  if (clash !== undefined) throw refuse(clash.path, 'is given both one value and several');
  const varying = space.map(({ path }) => path);
  const other = changesSamples(varying);
  if (other !== undefined) {
    throw new HourglassError('usage', {
      subject: other,
      rule: 'must be the same in all trials: other data, splits or scales give other validation samples, and figures on different samples cannot be compared',
      hint: 'begin a sweep for each value',
    });
  }
  const [objectives, prune] = judged(request, varying);
  const size = sizeOfSpace(repeated);
  const search = request.search ?? (Number.isFinite(size) && request.trials === undefined ? 'grid' : 'tpe');
  const isGrid = request.search === 'grid' || seeds > 1 || search === 'grid';
  checkValues(recipe, fixed, repeated);
  let trials = request.trials ?? DEFAULT_TRIALS;
  if (isGrid) {
    if (seeds > 1 && request.search !== undefined && request.search !== 'grid')
      throw refuse('--seeds', 'repeats the combinations of a grid', request.search);
    trials = Math.min(gridTrials(recipe, fixed, repeated), request.trials ?? Number.POSITIVE_INFINITY);
  }
  const plan: Plan = {
    format: 'hourglass-sweep',
    version: 1,
    name: request.name,
    recipe: recipe as unknown as Plan['recipe'],
    fixed: { ...fixed },
    space: repeated,
    search: isGrid ? 'grid' : search,
    prune,
    objectives,
    trials,
    ...{ seed: request.seed ?? 1, seeds, threads: request.threads },
    ...{ dataDir: request.dataDir, offline: request.offline, createdAt: request.now },
  };
  SAMPLERS[plan.search]({ space: plan.space, seed: plan.seed, directions: directionsOf(plan) });
  return plan;
}

/** The objectives and the pruner; both are the loss by default, where that can be compared. */
function judged(request: PlanRequest, varying: readonly string[]): [string[], Plan['prune']] {
  const changing = changesLoss(varying);
  const objectives = [...(request.objectives ?? [changing === undefined ? 'loss' : 'mse'])];
  const prune = request.prune ?? 'none';
  for (const key of objectives) objectiveOf(key);
  const twice = objectives.find((key, i) => objectives.indexOf(key) < i);
  if (twice !== undefined) throw refuse('--objective', 'must be named once', twice);
  if (objectives.includes('loss') && changing !== undefined) {
    throw new HourglassError('usage', {
      subject: '--objective loss',
      rule: `cannot be compared between values of ${changing}, which change what the loss is`,
      hint: 'use --objective mse',
    });
  }
  if (prune !== 'none' && changing !== undefined) {
    throw new HourglassError('usage', {
      subject: `--prune ${prune}`,
      rule: `compares validation losses, and values of ${changing} change what the loss is`,
      hint: 'use --prune none',
    });
  }
  if (prune !== 'none' && objectives.length > 1)
    throw refuse(`--prune ${prune}`, 'is for one objective', objectives.join(', '));
  return [objectives, prune];
}

export const directionsOf = ({ objectives }: Pick<Plan, 'objectives'>) =>
  objectives.map((key) => objectiveOf(key).better);

/** The values of a trial that its recipe is trained with. */
export const settingsOf = (
  { space, fixed }: Pick<Plan, 'space' | 'fixed'>,
  point: Point,
): Record<string, Value> => ({
  ...fixed,
  ...valuesOf(space, point),
});

/** Every choice, and both ends of every range, in a recipe whose other settings have their first value. */
function checkValues(recipe: Recipe, fixed: Readonly<Record<string, Value>>, space: Space): void {
  parseRecipe(recipe, fixed);
  for (const setting of space) {
    const { domain, when = {} } = setting;
    const all = domain.type === 'choice' ? gridOf(domain) : [domain.low, domain.high];
    for (const internal of all) {
      // Settings that its condition names have the first value that it allows.
      const point = pointBy(space, (other) => {
        if (other.path === setting.path) return internal;
        const allowed = when[other.path]?.[0];
        if (other.domain.type !== 'choice') return other.domain.low;
        const at = other.domain.values.findIndex((one) => JSON.stringify(one) === JSON.stringify(allowed));
        return Math.max(0, at);
      });
      parseRecipe(recipe, settingsOf({ space, fixed }, point));
    }
  }
}

/** The number of combinations, each of which must be valid. */
function gridTrials(recipe: Recipe, fixed: Readonly<Record<string, Value>>, space: Space): number {
  const range = space.find(({ domain }) => domain.type === 'float');
  if (range !== undefined) {
    throw new HourglassError('usage', {
      subject: range.path,
      rule: 'is a range, and a grid has single values',
      hint: 'list values separated by commas, or use --search random, sobol or tpe',
    });
  }
  const size = sizeOfSpace(space);
  if (size > MOST_COMBINATIONS)
    throw refuse('--search grid', `has at most ${MOST_COMBINATIONS.toLocaleString('en')} combinations`, size);
  const all = combinations(space);
  // Thousands of combinations take long to check; each value was checked by itself.
  if (all.length <= 1000)
    for (const point of all) parseRecipe(recipe, settingsOf({ space, fixed: { ...fixed } }, point));
  return all.length;
}

const refuse = (subject: string, rule: string, got?: unknown) =>
  new HourglassError('usage', { subject, rule, ...(got === undefined ? {} : { got }) });
