/** What a sweep is asked for. */
import type { PrunerName, SearchName } from '../../choices.ts';
import type { Setting, Value } from '../../sweeps/index.ts';

export interface SweepOptions {
  /** Values of every trial, by path. */
  fixed?: Readonly<Record<string, Value>> | undefined;
  /** Settings that vary. */
  space?: readonly Setting[] | undefined;
  search?: SearchName | undefined;
  prune?: PrunerName | undefined;
  objectives?: readonly string[] | undefined;
  trials?: number | undefined;
  /** Seeds that each combination is trained with. */
  seeds?: number | undefined;
  /** The seed of the search. */
  searchSeed?: number | undefined;
  data?: string | undefined;
  dataDir?: string | undefined;
  offline?: boolean | undefined;
  epochs?: number | undefined;
  /** The seed of the trainings. */
  seed?: number | undefined;
  /** Threads of a training. */
  threads?: number | undefined;
  out?: string | undefined;
}
