/** The searches of sweeps on recorded trainings: what docs/sweeps.md says of them stays true. */
import { expect, test } from 'vitest';
import { regretOf, searched } from '../bench/sweeps/contest.ts';
import { PROBLEMS } from '../bench/sweeps/problems.ts';
import { readRecorded } from '../bench/sweeps/recorded.ts';
import { halved } from '../bench/sweeps/report.ts';

const TRIALS = 40;

test('TPE is nearer to the best of five problems than random search is', () => {
  const lookups = PROBLEMS.map(readRecorded);
  const regret = (search: 'random' | 'tpe') => {
    const each = lookups.flatMap((lookup) =>
      [1, 2, 3, 4].map((seed) =>
        regretOf(lookup, searched(lookup, { name: search, search, prune: 'none' }, seed, TRIALS).best),
      ),
    );
    return each.reduce((sum, one) => sum + one, 0) / each.length;
  };
  expect(regret('tpe')).toBeLessThan(0.7 * regret('random'));
});

test('ASHA finds the best of a whole grid, to 1 %, in less than a third of its epochs', () => {
  for (const name of ['quick', 'vae', 'table']) {
    const { excess, share, inOrder } = halved(PROBLEMS.find((problem) => problem.name === name)!, 5);
    expect(excess[1], name).toBeLessThan(0.01);
    expect(share[1], name).toBeLessThan(0.3);
    // Why a pruned grid is mixed.
    expect(inOrder, name).toBeGreaterThan(share[1]);
  }
});
