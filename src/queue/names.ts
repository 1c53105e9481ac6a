/** The queues on a server. */

/** Trials of all sweeps, for any worker. */
export const TRIALS_QUEUE = 'hourglass-trials';

/** What workers say of a sweep's trials, in order, and the files of their runs in pieces. */
export const repliesQueue = (sweep: string): string => `hourglass-replies-${sweep}`;

/** Files of runs that a worker is to continue, in pieces that are fetched by name. */
export const parcelsQueue = (sweep: string): string => `hourglass-parcels-${sweep}`;
