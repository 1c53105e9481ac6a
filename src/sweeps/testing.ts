/** The journal of a sweep with many trials, as a test needs one: no training made it. */
import { distributionOf } from './distribution.ts';
import { directionsOf, type Plan } from './plan.ts';
import { randomOf } from './random.ts';
import { SAMPLERS } from './samplers/index.ts';
import {
  createStudy,
  createTrial,
  lineOf,
  type Operation,
  setIntermediate,
  setParameter,
  setState,
  systemAttribute,
  trialAttributes,
} from './study.ts';

/** Lines of so many trials of a plan, with a curve of so many epochs each; a third is pruned half way, each hundredth fails. */
export function madeJournal(plan: Plan, { trials, epochs }: { trials: number; epochs: number }): string {
  const sampler = SAMPLERS[plan.search]({ ...plan, directions: directionsOf(plan) });
  const now = '2026-01-01T00:00:00.000+00:00';
  const random = randomOf(7);
  const lines: string[] = [];
  const add = (...operations: readonly Operation[]) =>
    lines.push(...operations.map((one) => lineOf(one, 'made-1')));
  add(createStudy(plan.name, directionsOf(plan)));
  for (let id = 0; id < trials; id++) {
    add(createTrial(0, now));
    const point = sampler.next(id, []) ?? {};
    for (const { path, domain } of plan.space)
      if (point[path] !== undefined) add(setParameter(id, path, point[path], distributionOf(domain)));
    add(...trialAttributes(id, { run: `trials/trial-${id}`, worker: 1 }));
    const state = id % 100 === 99 ? 'failed' : id % 3 === 2 ? 'pruned' : 'complete';
    const last = state === 'pruned' ? Math.ceil(epochs / 2) : epochs;
    const level = 1 + random();
    let loss = 0;
    for (let epoch = 1; epoch <= last; epoch++) {
      loss = level * (1 + 1 / epoch) + 0.1 * random();
      add(setIntermediate(id, epoch, loss));
      if (epoch === 1 || epoch === 4) add(systemAttribute(id, `completed_rung_${epoch >> 2}`, loss));
    }
    const values = plan.objectives.map((_, i) => (i === 0 ? loss : random()));
    add(
      ...trialAttributes(id, state === 'failed' ? { error: 'diverged' } : { epochs: last, seconds: 1 }),
      setState(id, state, state === 'failed' ? null : values, now),
    );
  }
  return lines.join('');
}
