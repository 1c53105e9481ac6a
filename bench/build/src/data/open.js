/**
 * The way in: a data set by its name, wherever it is. A folder the user names comes first, then the cache,
 * then a download; `mnist` falls back to the 10,000 digits that come with the program, under their own name.
 */
import { join } from 'node:path';
import { HourglassError } from "../errors.js";
import { cacheFolder, readManifest } from "./cache.js";
import { DownloadError, downloadSet } from "./download.js";
import { embeddedFolder, openEmbedded } from "./embedded.js";
import { locateFiles, readSet } from "./files.js";
import { findSet } from "./folders.js";
import { EMBEDDED_NAME, specOf } from "./registry.js";
/**
 * Opens a data set. `mnist-10k` needs nothing and ignores the options.
 * @throws HourglassError: usage for an unknown name; data for files that are missing, damaged or not what they
 * should be, with the file and the rule; interrupted on `signal`.
 */
export async function openDataset(name, options = {}) {
    if (name === EMBEDDED_NAME)
        return openEmbedded();
    const spec = specOf(name);
    const found = await findSet(spec, options);
    if (found?.from === 'folder')
        return openFolder(spec, found.files);
    let damage;
    if (found) {
        try {
            return await openCache(spec, found.files);
        }
        catch (error) {
            // A damaged cache is as good as none; if a download cannot replace it, this error says why.
            damage = error;
        }
    }
    try {
        const { folder, from } = await fetchInto(spec, options);
        return await openCache(spec, await locateFiles(folder, spec), `downloaded from ${from} to`);
    }
    catch (error) {
        if (!(error instanceof HourglassError) || error.kind !== 'data')
            throw error;
        if (spec.name !== 'mnist')
            throw damage ?? error;
        const reason = damage ? `the cached one is damaged, ${reasonOf(error)}` : reasonOf(error);
        return openEmbedded(`the full MNIST is not here: ${reason}`);
    }
}
/**
 * Downloads a set into the cache unless it is there and undamaged.
 * @throws HourglassError as {@link openDataset} does, and never falls back to another set.
 */
export async function fetchDataset(name, options = {}) {
    if (name === EMBEDDED_NAME) {
        const files = Array.from({ length: 10 }, (_, digit) => `${digit}.json`);
        return { name, dir: embeddedFolder(), files, already: true };
    }
    const spec = specOf(name);
    const files = Object.values(spec.files);
    const cached = await locateFiles(join(cacheFolder(options), spec.name), spec);
    if (cached.missing.length === 0) {
        try {
            await openCache(spec, cached);
            return { name, dir: cached.folder, files, already: true };
        }
        catch {
            // Damaged: downloaded again below.
        }
    }
    return { name, dir: (await fetchInto(spec, options)).folder, files, already: false };
}
/** Downloads are switched off, by `offline` or HOURGLASS_OFFLINE. */
class OfflineError extends HourglassError {
}
function isOffline({ offline, env = process.env }) {
    return offline || !['', '0', 'false'].includes(env.HOURGLASS_OFFLINE ?? '');
}
async function fetchInto(spec, options) {
    if (isOffline(options)) {
        throw new OfflineError('data', {
            subject: spec.name,
            rule: 'is not on this machine, and downloads are switched off',
            hint: 'pass a folder that holds it with --data-dir or HOURGLASS_DATA, or go online',
        });
    }
    return downloadSet(spec, cacheFolder(options), options);
}
async function openFolder(spec, files) {
    const { standing, ...read } = await readSet(files, spec);
    const notes = {
        official: '',
        other: ` (not the official ${spec.name}: checksums differ)`,
        unknown: ' (no checksums known to tell whether they are the official ones)',
    };
    return describe(spec, `IDX files in ${files.folder}${notes[standing]}`, read);
}
async function openCache(spec, files, lead = 'cache') {
    const manifest = await readManifest(files.folder);
    const { standing, ...read } = await readSet(files, spec, crcsOf(manifest));
    const verified = standing === 'official' || isVerified(manifest);
    const note = standing === 'other' ? ' (not the official files: checksums differ)' : verified ? '' : ' (unverified)';
    return describe(spec, `${lead} ${files.folder}${note}`, read);
}
/** Whether known checksums confirmed all four files when they were downloaded. */
export function isVerified(manifest) {
    const files = Object.values(manifest ?? {});
    return files.length === 4 && files.every((file) => file.verified === true);
}
function crcsOf(manifest) {
    const pairs = Object.entries(manifest ?? {}).map(([role, file]) => [role, file?.crc32]);
    return Object.fromEntries(pairs.filter(([, crc]) => typeof crc === 'number'));
}
function describe(spec, source, read) {
    return { name: spec.name, source, channels: 1, classes: [...spec.classes], validation: null, ...read };
}
/** Why there is no download, in a few words. */
function reasonOf(error) {
    if (error instanceof OfflineError)
        return 'downloads are switched off';
    return error instanceof DownloadError ? error.brief : `${error.parts.subject} ${error.parts.rule}`;
}
