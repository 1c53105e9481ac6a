/**
 * How much each setting decides the objective by itself: the share of the variance of the objective's ranks that lies
 * between the values of the setting (ε², which is near 0 where there is no effect, for any number of values). Numbers are
 * gathered in up to 8 groups of equal size.
 */
import type { Setting, Space } from './space.ts';
import type { Trial } from './study.ts';

export interface Importance {
  path: string;
  /** 0 to 1; null with too few trials to say. */
  share: number | null;
}

const GROUPS = 8;
/** Trials in a group of numbers, at least. */
const LEAST = 3;

export function importances(space: Space, trials: readonly Trial[]): Importance[] {
  const complete = trials.filter(({ state, values }) => state === 'complete' && values !== null);
  return space
    .map((setting) => ({ path: setting.path, share: shareOf(setting, complete) }))
    .sort((a, b) => (b.share ?? -1) - (a.share ?? -1));
}

function shareOf({ path, domain }: Setting, trials: readonly Trial[]): number | null {
  const known = trials.filter(({ point }) => point[path] !== undefined);
  const ranks = ranksOf(known.map(({ values }) => values![0]!));
  const groups = new Map<number, number[]>();
  const add = (group: number, rank: number) => {
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [rank]);
    else known.push(rank);
  };
  if (domain.type === 'choice') known.forEach(({ point }, i) => void add(point[path]!, ranks[i]!));
  else {
    const order = known.map((_, i) => i).sort((a, b) => known[a]!.point[path]! - known[b]!.point[path]!);
    const count = Math.max(2, Math.min(GROUPS, Math.floor(known.length / LEAST)));
    const lists = Array.from({ length: count }, (): number[] => []);
    order.forEach((i, place) => void lists[Math.floor((place * count) / order.length)]!.push(ranks[i]!));
    lists.forEach((list, group) => void (list.length > 0 && groups.set(group, list)));
  }
  const [n, k] = [known.length, groups.size];
  if (k < 2 || n <= k) return null;
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const whole = mean(ranks);
  const total = ranks.reduce((sum, rank) => sum + (rank - whole) ** 2, 0);
  if (total === 0) return 0;
  const within = [...groups.values()].reduce((sum, list) => {
    const centre = mean(list);
    return sum + list.reduce((part, rank) => part + (rank - centre) ** 2, 0);
  }, 0);
  return Math.max(0, 1 - within / (n - k) / (total / (n - 1)));
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}
