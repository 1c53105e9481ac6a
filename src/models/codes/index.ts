/** The kinds of code, one file each and one line in the table below; build/ has their graphs. */
import * as z from 'zod/mini';
import { derived, Table } from '../tables.ts';
import { adversarialFacts } from './adversarial.ts';
import { batchTopkFacts } from './batch-topk.ts';
import { denseFacts } from './dense.ts';
import { fsqFacts } from './fsq.ts';
import { gaussianFacts } from './gaussian.ts';
import { jumpreluFacts } from './jumprelu.ts';
import type { AnyCode, CodeFacts, CodeTraits } from './kind.ts';
import { mapsFacts } from './maps.ts';
import { matryoshkaFacts } from './matryoshka.ts';
import { mmdFacts } from './mmd.ts';
import { topkFacts } from './topk.ts';
import { vqFacts } from './vq.ts';

const BUILT_IN = [
  denseFacts,
  mapsFacts,
  gaussianFacts,
  fsqFacts,
  vqFacts,
  topkFacts,
  batchTopkFacts,
  jumpreluFacts,
  matryoshkaFacts,
  mmdFacts,
  adversarialFacts,
] as const;

export const CODES = new Table<CodeFacts, typeof BUILT_IN>('code', BUILT_IN);

export type CodeConfig = z.infer<(typeof BUILT_IN)[number]['schema']>;

export const codeSchema = derived(() =>
  z.discriminatedUnion('type', CODES.map('schema')).check(z.describe('the bottleneck')),
);

/** What a code of these settings has. */
export function codeTraits(config: AnyCode): CodeTraits {
  const kind = CODES.of(config.type);
  const prior = kind.priorOf?.(config) ?? kind.prior;
  return {
    symbols: null,
    isSparse: false,
    beginsAtMean: false,
    ...kind.traits(config),
    prior: prior === null ? null : { name: prior.name, isStandardNormal: prior.isStandardNormal },
  };
}

/** Whether a loss of these parts was measured with one sample of each code: a part of it belongs to a code that is sampled. */
export const hasSampledCode = (parts: Iterable<{ name: string }>): boolean => {
  const own = CODES.all.flatMap(({ isSampled, partNames }) => (isSampled ? Object.keys(partNames) : []));
  return [...parts].some(({ name }) => own.includes(name));
};

/** Settings of a code that are usually a mistake, in sentences. */
export const codeNotes = (config: AnyCode): string[] => CODES.of(config.type).notes?.(config) ?? [];

export type {
  AnyCode,
  BuiltModel,
  Code,
  CodeBuilder,
  CodeFacts,
  CodeKind,
  CodeTraits,
  EncoderOutput,
  ObjectiveOf,
  Posterior,
  PriorBuilder,
  PriorFacts,
  PriorModel,
  PriorTraits,
  Rate,
  StartImages,
  Symbols,
} from './kind.ts';
