/** Scores of many images, a few at a time, so that the page stays awake and can stop. */
import { anomaly } from 'hourglass/web';
import { useEffect, useRef, useState } from 'preact/hooks';
import { scoredAs } from '../../../parts/told.ts';
import { type Loaded, problemOf } from '../loaded.ts';
import type { ScoreKind } from '../threshold.ts';
import type { Given } from './given.ts';

/** Values that are sent to the model's worker at once. */
const AT_ONCE = 100 * 784;

export interface Scoring {
  /** Null until all are known. */
  readonly scores: Float64Array | null;
  /** Images scored so far. */
  readonly done: number;
  readonly problem: string | null;
}

const NONE: Scoring = { scores: null, done: 0, problem: null };

/** Scores by this kind; those that were known before come at once. */
export function useScores({ model }: Loaded, given: Given | null, kind: ScoreKind): Scoring {
  const known = useRef({ given, scores: new Map<ScoreKind, Float64Array>() });
  const [scoring, setScoring] = useState<Scoring>(NONE);
  useEffect(() => {
    if (known.current.given !== given) known.current = { given, scores: new Map() };
    const { scores: kept } = known.current;
    const before = kept.get(kind);
    if (given === null || before !== undefined) {
      setScoring({ scores: before ?? null, done: given?.count ?? 0, problem: null });
      return;
    }
    let current = true;
    setScoring(NONE);
    const work = async () => {
      const size = given.channels * given.height * given.width;
      const some = Math.max(1, Math.floor(AT_ONCE / size));
      const scores = new Float64Array(given.count);
      for (let from = 0; from < given.count; from += some) {
        const to = Math.min(from + some, given.count);
        const part = given.values.subarray(from * size, to * size);
        const told = scoredAs(model, given, from, to);
        const found = await anomaly(model, part, { score: kind, threshold: 0, ...told });
        if (!current) return;
        scores.set(found.scores, from);
        setScoring({ scores: null, done: to, problem: null });
      }
      kept.set(kind, scores);
      setScoring({ scores, done: given.count, problem: null });
    };
    work().catch((error) => current && setScoring({ ...NONE, problem: problemOf(error) }));
    return () => {
      current = false;
    };
  }, [model, given, kind]);
  return scoring;
}
