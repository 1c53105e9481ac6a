/** A setting's values as a distribution of Optuna's journal. */
import type { Domain, Value } from './space.ts';

export function distributionOf(domain: Domain): object {
  switch (domain.type) {
    case 'choice':
      return { name: 'CategoricalDistribution', attributes: { choices: domain.values.map(plain) } };
    case 'float': {
      const { low, high, log } = domain;
      return { name: 'FloatDistribution', attributes: { step: null, low, high, log } };
    }
    case 'int': {
      const { low, high, log, step } = domain;
      return { name: 'IntDistribution', attributes: { log, step, low, high } };
    }
  }
}

/** Optuna's choices are numbers, words, true, false and nothing: a list or an object is written as its JSON. */
const plain = (value: Value): Value =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
