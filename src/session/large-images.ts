/** What large images take, measured in the first steps and said once: nobody should have to guess whether to wait. */
import type { Observer } from './observer.ts';
import type { Session, SessionContext } from './state.ts';

/** Images with longer sides than this take so much that it is worth saying. */
const LARGE = 128;
/** Steps that are timed, after the first, which allocates. */
const TIMED = 3;

/** The observer that says it; null for smaller images. */
export function largeImageWatch(
  { dataset, recipe, position }: Session,
  { emit }: Pick<SessionContext, 'emit'>,
): Observer | null {
  const { height, width } = dataset;
  // Rows are as wide as they have columns, and there is no size to change.
  if (dataset.train.spec.kind === 'row' || Math.max(height, width) <= LARGE) return null;
  const first = position.step + 1;
  let began = 0;
  return {
    step({ step, stepsPerEpoch }) {
      if (step === first) began = performance.now();
      if (step !== first + TIMED) return;
      const seconds = (performance.now() - began) / 1000 / TIMED;
      const left = Math.max(0, recipe.training.epochs * stepsPerEpoch - step);
      const gigabytes = (process.memoryUsage().rss / 1e9).toFixed(1);
      emit({
        type: 'warning',
        message: `images of ${width} × ${height} are large: a step of ${recipe.training.batchSize} takes ${duration(seconds)} here, the other ${left.toLocaleString('en')} about ${duration(seconds * left)}, and the program holds ${gigabytes} GB of memory; a smaller data.size takes less of both`,
      });
    },
  };
}

function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(1000 * seconds)} ms`;
  if (seconds < 90) return `${seconds.toPrecision(2)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
