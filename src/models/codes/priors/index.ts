/** The priors of variational codes, one file each and one line in the table below; ../build/priors/ has their graphs. */
import * as z from 'zod/mini';
import { HourglassError } from '../../../errors.ts';
import { Table } from '../../tables.ts';
import type { ObjectiveOf } from '../kind.ts';
import type { CodeOfPrior, PriorKind } from './kind.ts';
import { realnvpPrior } from './realnvp.ts';
import { standardPrior } from './standard.ts';
import { vampPrior } from './vamp.ts';

const BUILT_IN = [standardPrior, vampPrior, realnvpPrior] as const;

export const PRIORS = new Table<PriorKind, typeof BUILT_IN>('prior', BUILT_IN);

export const priorSchema = z
  .discriminatedUnion('type', PRIORS.map('schema'))
  .check(z.describe('what codes are drawn from, and what the KL divergence is from; N(0, I) unless set'));

export type PriorConfig = z.infer<typeof priorSchema>;

/** @throws HourglassError if a prior does not fit the code or the model. */
export function checkPrior(prior: PriorConfig, code: CodeOfPrior, objective: ObjectiveOf): void {
  const kind = PRIORS.of(prior.type);
  kind.check?.(prior, code, objective);
  if (code.kl.freeBits === 0 || kind.facts(prior).isStandardNormal) return;
  throw new HourglassError('usage', {
    subject: 'model.code.kl.freeBits',
    rule: `counts nats of each unit, which a prior of type ${prior.type} does not have: it is one of all units`,
    got: code.kl.freeBits,
    hint: 'set model.code.kl.freeBits=0, or model.code.prior.type=standard',
  });
}
