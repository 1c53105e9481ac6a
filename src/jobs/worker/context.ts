/** What a worker's jobs have in common. */
import type { QueueServer, RunStore } from '../../queue/index.ts';
import type { TrialProcesses } from '../sweep/trial.ts';
import type { TrialEnd } from '../sweep/workplace.ts';
import type { DataPlaces } from './data-places.ts';
import type { WorkerPlace } from './place.ts';

export interface JobContext {
  readonly server: QueueServer;
  /** By this worker's own setting. */
  readonly store: RunStore | null;
  readonly place: WorkerPlace;
  /** Those that train. */
  readonly processes: TrialProcesses;
  readonly data: DataPlaces;
  /** Bytes of a run's files, at most. */
  readonly largest: number;
  /** Whether this worker has failed so often with this end that it takes no more. */
  readonly judge: (end: TrialEnd) => boolean;
}
