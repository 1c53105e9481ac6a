/** The models, and the facts about each. */
import { z } from '@hono/zod-openapi';
import { findingText, knownClasses, uselessness } from '../../api.ts';
import { MISSING_POLICIES } from '../../choices.ts';
import type { EncodedColumn } from '../../tables/index.ts';
import type { ModelHost } from '../engine/host.ts';
import type { App } from '../hono-app.ts';
import { Problem, quoted } from '../problem.ts';
import type { ServiceState } from '../state.ts';
import { verbsOf } from '../verbs/index.ts';
import { problems } from './problems.ts';

const columnSchema = z.object({
  name: z.string(),
  type: z.enum(['number', 'boolean', 'category']),
  values: z
    .array(z.string())
    .optional()
    .openapi({ description: 'the categories, the most frequent first; the words for false and true' }),
  mean: z.number().optional().openapi({ description: 'of the training rows; of numbers alone' }),
});

export const modelSchema = z
  .object({
    name: z.string(),
    recipe: z.string(),
    dataset: z.string().openapi({ description: 'the data set it was trained on' }),
    image: z
      .object({ channels: z.int(), height: z.int(), width: z.int() })
      .nullable()
      .openapi({ description: 'the size of its images; null for a model of rows' }),
    columns: z
      .array(columnSchema)
      .nullable()
      .openapi({ description: 'the columns of its rows; null for a model of images' }),
    missing: z
      .enum(MISSING_POLICIES)
      .nullable()
      .openapi({ description: 'what happens with missing values; null for a model of images' }),
    codeUnits: z.int(),
    integers: z
      .object({ shape: z.array(z.int()), count: z.int(), bitsPerCode: z.number() })
      .nullable()
      .openapi({
        description:
          'what a code of a quantised model is as whole numbers: their shape, how many values each can have, and the bits of all; null for other models',
      }),
    classes: z.array(z.string()).nullable().openapi({
      description: 'the classes that a conditional model is told; null for other models',
    }),
    variational: z.boolean(),
    corruption: z.string().openapi({ description: 'what was done to training samples, as noise' }),
    references: z.string().nullable().openapi({ description: 'the images that neighbours searches' }),
    warnings: z.array(z.string()).openapi({
      description: 'why its results are useless, with cause and remedy; empty for a sound model',
    }),
    ready: z.boolean(),
    verbs: z.array(z.string()).openapi({ description: 'the paths of the verbs that it supports' }),
  })
  .openapi('Model');

function columnOf(column: EncodedColumn): z.output<typeof columnSchema> {
  const { name, type } = column;
  if (column.type === 'number') return { name, type, mean: column.mean };
  return { name, type, values: [...(column.type === 'boolean' ? column.words : column.values)] };
}

/** A model as JSON. */
export function factsOf(name: string, { facts, ready }: ModelHost): z.output<typeof modelSchema> {
  const { recipe, dataset, image, codeUnits, hasVariance, corruption } = facts.info;
  const { channels, height, width } = image;
  const { encoding } = facts;
  const verbs = verbsOf(facts).map((verb) => `/v1/models/${name}/${verb.name}`);
  return {
    name,
    recipe,
    dataset,
    image: encoding === null ? { channels, height, width } : null,
    columns: encoding === null ? null : encoding.columns.map(columnOf),
    missing: encoding?.missing ?? null,
    codeUnits,
    integers:
      facts.quantised === undefined
        ? null
        : {
            shape: [...facts.quantised.shape],
            count: facts.quantised.count,
            bitsPerCode: facts.quantised.bitsPerCode,
          },
    classes: facts.info.condition === null ? null : knownClasses(facts.info),
    variational: hasVariance,
    corruption: corruption.type,
    references: facts.references?.source ?? null,
    warnings: uselessness(facts.diagnosis).map(findingText),
    ready,
    verbs,
  };
}

/** @throws Problem 404 for a name that is not served. */
export function modelNamed(state: ServiceState, name: string): ModelHost {
  const found = state.models.get(name);
  if (found !== undefined) return found;
  throw new Problem(404, `No model is called ${quoted(name)}; /v1/models lists the models.`);
}

export function addModelRoutes(app: App, state: ServiceState): void {
  const listSchema = z.object({ models: z.array(modelSchema) });
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/v1/models',
    operationId: 'listModels',
    summary: 'The models that are served.',
    tags: ['models'],
    responses: {
      200: { description: 'The models.', content: { 'application/json': { schema: listSchema } } },
      ...problems(401),
    },
  });
  app.get('/v1/models', (c) => {
    c.set('route', '/v1/models');
    return c.json({ models: [...state.models].map(([name, host]) => factsOf(name, host)) });
  });

  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/v1/models/{name}',
    operationId: 'describeModel',
    summary: 'The facts about a model.',
    tags: ['models'],
    request: { params: z.object({ name: z.string().openapi({ description: "a model's name" }) }) },
    responses: {
      200: { description: 'The facts.', content: { 'application/json': { schema: modelSchema } } },
      ...problems(401, 404),
    },
  });
  app.get('/v1/models/:name', (c) => {
    c.set('route', '/v1/models/{name}');
    const name = c.req.param('name');
    return c.json(factsOf(name, modelNamed(state, name)));
  });
}
