/** The command line as the process of a worker's shard. */
import './main.ts';
