/**
 * When a trial is not worth its remaining epochs: decided by its validation loss after each epoch and those of the others,
 * lower being better.
 */
import type { PrunerName } from '../choices.ts';
import type { Trial } from './study.ts';

export interface Pruner {
  /**
   * Whether a trial ends after an epoch, and the attributes to keep with it.
   * @param trial with the value of this epoch among its own.
   * @param trials all of the study, the trial included.
   */
  decide(
    trial: Trial,
    epoch: number,
    trials: readonly Trial[],
  ): { prune: boolean; system: Readonly<Record<string, number>> };
}

const KEEP = { prune: false, system: {} };

/** Complete trials before the median decides: Optuna's default. */
const MEDIAN_FIRST = 5;

/** One trial in 4 of a rung continues: the reduction factor of Li et al. (2018), and Optuna's default. */
const REDUCTION = 4;

const rungKey = (rung: number): string => `completed_rung_${rung}`;

/** D. Golovin et al., "Google Vizier" (2017): the best so far is worse than the median of the complete trials at this epoch. */
const median: Pruner = {
  decide(trial, epoch, trials) {
    const complete = trials.filter(({ state }) => state === 'complete');
    const values = complete.flatMap(({ intermediate }) => intermediate.get(epoch) ?? []);
    if (complete.length < MEDIAN_FIRST || values.length === 0) return KEEP;
    values.sort((a, b) => a - b);
    const middle = (values[(values.length - 1) >> 1]! + values[values.length >> 1]!) / 2;
    return { prune: Math.min(...trial.intermediate.values()) > middle, system: {} };
  },
};

/**
 * Successive halving without waiting: L. Li et al., "A system for massively parallel hyperparameter tuning" (2018), as
 * Optuna does it: trials do not pause. After 1, 4, 16 … epochs a trial continues if it is in the best quarter of those that
 * came as far, or the best of fewer than 4.
 */
const asha: Pruner = {
  decide(trial, epoch, trials) {
    const value = trial.intermediate.get(epoch)!;
    const system: Record<string, number> = {};
    let rung = 0;
    while (rungKey(rung) in trial.system) rung++;
    for (; epoch >= REDUCTION ** rung; rung++) {
      const key = rungKey(rung);
      system[key] = value;
      const competing = trials.flatMap((other) =>
        other !== trial && typeof other.system[key] === 'number' ? [other.system[key]] : [],
      );
      competing.push(value);
      competing.sort((a, b) => a - b);
      const last = Math.max(0, Math.floor(competing.length / REDUCTION) - 1);
      if (value > competing[last]!) return { prune: true, system };
    }
    return { prune: false, system };
  },
};

export const PRUNER_TABLE: Readonly<Record<PrunerName, Pruner>> = {
  none: { decide: () => KEEP },
  median,
  asha,
};
