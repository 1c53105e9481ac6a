/** What this machine offers and which versions run on it: what a result needs to be reproduced. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';
/** Threads for one training: the cores at hand, but no more than pay off on networks of this size. */
export function defaultThreads() {
    return Math.max(1, Math.min(8, availableParallelism()));
}
export function runtimeVersions() {
    const require = createRequire(import.meta.url);
    const version = (file) => JSON.parse(readFileSync(file, 'utf8')).version;
    return {
        hourglass: version(require.resolve('../../package.json')),
        node: process.versions.node,
        onnxruntime: version(require.resolve('onnxruntime-node/package.json')),
    };
}
export function describeMachine() {
    return {
        platform: `${process.platform}-${process.arch}`,
        processor: cpus()[0]?.model.trim() ?? 'unknown',
        cores: availableParallelism(),
        memoryGiB: Math.round(totalmem() / 2 ** 30),
    };
}
