/** Penalties on code and weights, one file each and one line in the table below. */
import * as z from 'zod';
import type { Network } from '../../nn/index.ts';
import type { PartSymbol } from '../part.ts';
import { derived, Table } from '../tables.ts';
import { codeLength } from './code-length.ts';
import { contraction } from './contraction.ts';
import { decoderGradient } from './decoder-gradient.ts';
import type { Penalised, PenalisedTraits, PenaltyKind } from './kind.ts';
import { l1 } from './l1.ts';
import { l2 } from './l2.ts';
import { sparsity } from './sparsity.ts';

const BUILT_IN = [contraction, l1, sparsity, l2, codeLength, decoderGradient] as const;

export const PENALTIES = new Table<PenaltyKind, typeof BUILT_IN>('penalty', BUILT_IN);

type Optional<S extends z.ZodObject> = z.ZodDefault<z.ZodNullable<S>>;
type Shape = { [K in (typeof BUILT_IN)[number] as K['type']]: Optional<K['schema']> };

export const penaltiesSchema = derived(() => {
  const entries = PENALTIES.all.map(({ type, schema, summary }) => [
    type,
    schema.nullable().default(null).describe(summary),
  ]);
  return z
    .strictObject(Object.fromEntries(entries) as Shape)
    .describe('added to the loss, each times its weight');
});

/** The settings under `penalties` in a recipe; a penalty that is null is not used. */
export type PenaltiesConfig = z.infer<ReturnType<typeof penaltiesSchema>>;

export interface SetPenalty {
  kind: PenaltyKind;
  settings: { weight: number };
}

/** The penalties that are set, in the table's order. */
export function setPenalties(config: PenaltiesConfig): SetPenalty[] {
  const given = config as Readonly<Record<string, { weight: number } | null | undefined>>;
  return PENALTIES.all.flatMap((kind) => {
    const settings = given[kind.type];
    return settings === null || settings === undefined ? [] : [{ kind, settings }];
  });
}

/** Those that are set with a weight other than 0. */
export const effectivePenalties = (config: PenaltiesConfig): SetPenalty[] =>
  setPenalties(config).filter(({ settings }) => settings.weight > 0);

/** Each penalty that is set, as a part of the loss. */
export function penaltyParts(net: Network, config: PenaltiesConfig, model: Penalised): PartSymbol[] {
  return setPenalties(config).map(({ kind, settings }) => ({
    name: kind.type,
    weight: settings.weight,
    couplesImages: kind.couplesImages,
    ...net.within(kind.type, () => kind.part(net, settings, model)),
  }));
}

/** @throws HourglassError if a penalty does not fit the model. */
export function checkPenalties(config: PenaltiesConfig, model: PenalisedTraits): void {
  for (const { kind, settings } of setPenalties(config)) kind.check?.(settings, model);
}

export type { PenaltyKind };
