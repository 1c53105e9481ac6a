/** A process's entry: decodes pictures. It ends with the service, and by the service alone. */
import { decodePictures, type PictureJob } from '../requests/decode-pictures.ts';
import { replyTo } from './jobs.ts';

// Ctrl-C in a terminal reaches every process of the group; the service still answers what it accepted.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', async (job: PictureJob) => process.send?.(await replyTo(job, decodePictures)));
