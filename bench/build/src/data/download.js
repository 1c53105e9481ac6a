/**
 * Downloads of a set's four files: from the first mirror that answers with the right bytes, within bounds of
 * size and silence, into the cache, all four or none. Files of this size (at most 30 MB packed) are held in
 * memory until they are verified; only verified ones touch the disk.
 */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { isGzip } from "../codecs/gzip.js";
import { decodeIdx } from "../codecs/idx.js";
import { HourglassError } from "../errors.js";
import { placeWhole } from "./cache.js";
import { FILE_ROLES } from "./dataset.js";
import { unpackIdx } from "./files.js";
import { EMNIST_ZIP } from "./registry.js";
const DEFAULT_TIMEOUT_MS = 10_000;
/** The most bytes one packed file may have. */
const MAX_DOWNLOAD = 128 * 2 ** 20;
/** Codes of failures to reach a server at all: without a network, these are all there is. */
const UNREACHABLE = new Set([
    'ENOTFOUND',
    'EAI_AGAIN',
    'EAI_FAIL',
    'ECONNREFUSED',
    'ENETUNREACH',
    'EHOSTUNREACH',
    'ETIMEDOUT',
    'ENETDOWN',
    'UND_ERR_CONNECT_TIMEOUT',
]);
/** A download that failed from every mirror. */
export class DownloadError extends HourglassError {
    /** The reason in a few words, for a line that goes on without the data. */
    brief;
    constructor(subject, failures) {
        super('data', {
            subject,
            rule: `could not be downloaded (${failures.map(({ url, why }) => `${url}: ${why}`).join('; ')})`,
            hint: 'check the network, or pass a folder that holds the files with --data-dir or HOURGLASS_DATA',
        });
        const telling = failures.find((failure) => !failure.unreachable);
        this.brief = telling ? `the download failed, ${telling.why}` : 'no network';
    }
}
class NoAnswer extends Error {
}
/**
 * Downloads a set into `<cache>/<name>`.
 * @returns that folder, and the mirror that served it.
 * @throws DownloadError when a file could not be had from any mirror; HourglassError (data) when the set is
 * not published file by file or the cache cannot be written; HourglassError (interrupted) on `signal`.
 */
export async function downloadSet(spec, cache, options) {
    const bases = options.mirrors?.length ? options.mirrors : spec.mirrors;
    const mirrors = bases.map((base) => (base.endsWith('/') ? base : `${base}/`));
    if (mirrors.length === 0)
        throw notPublished(spec, cache);
    const folder = await placeWhole(cache, spec.name, async (staging) => {
        const manifest = {};
        for (const role of FILE_ROLES) {
            const { bytes, entry, mirror } = await downloadFile(spec, role, mirrors, options);
            // The mirror that served this file is asked first for the next.
            mirrors.splice(mirrors.indexOf(mirror), 1);
            mirrors.unshift(mirror);
            await writeFile(join(staging, spec.files[role]), bytes);
            manifest[role] = entry;
        }
        return manifest;
    });
    return { folder, from: mirrors[0] };
}
async function downloadFile(spec, role, mirrors, options) {
    const file = `${spec.files[role]}.gz`;
    const failures = [];
    for (const mirror of mirrors) {
        const url = mirror + file;
        try {
            const packed = await receive(url, file, mirrors.length, options);
            return { mirror, ...verify(packed, url, spec, role) };
        }
        catch (error) {
            if (options.signal?.aborted)
                throw interrupted(file, options.signal);
            failures.push({ url, ...explain(error) });
        }
    }
    throw new DownloadError(`${spec.name}, ${file}`, failures);
}
/** Unpacks a download and holds it to the set's checksum, where one is known. */
function verify(packed, url, spec, role) {
    const sum = spec.sums[role];
    if (sum?.of === 'gzip')
        checkSum(packed, sum.sha256, url);
    const bytes = isGzip(packed) ? unpackIdx(packed, url) : packed;
    if (sum?.of === 'idx')
        checkSum(bytes, sum.sha256, url);
    decodeIdx(bytes, url);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const entry = {
        url,
        bytes: bytes.length,
        sha256,
        crc32: crc32(bytes),
        verified: sum !== undefined,
    };
    return { bytes, entry };
}
function checkSum(bytes, expected, url) {
    const got = createHash('sha256').update(bytes).digest('hex');
    if (got !== expected) {
        throw new HourglassError('data', {
            subject: url,
            rule: `must have SHA-256 ${expected.slice(0, 12)}…`,
            got,
        });
    }
}
/** The body of one URL, whole. Throws any error; `downloadFile` explains it. */
async function receive(url, file, mirrors, options) {
    const silence = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const control = new AbortController();
    const patience = silence / mirrors;
    const noAnswer = () => control.abort(new NoAnswer(`no answer within ${patience / 1000} s`));
    const fellSilent = () => control.abort(new Error(`fell silent for ${silence / 1000} s`));
    const stop = () => control.abort(options.signal?.reason);
    if (options.signal?.aborted)
        stop();
    options.signal?.addEventListener('abort', stop);
    // All mirrors together get one time-out to answer, so that a bad network is noticed in that time.
    let timer = setTimeout(noAnswer, patience);
    try {
        // `identity`: a server that unpacks .gz on the way would break the checksum.
        const response = await fetch(url, { signal: control.signal, headers: { 'accept-encoding': 'identity' } });
        if (!response.ok || !response.body)
            throw new Error(`the server answered ${response.status}`);
        const length = response.headers.get('content-length');
        const total = length === null || response.headers.has('content-encoding') ? null : Number(length);
        if (total !== null && total > MAX_DOWNLOAD)
            throw new Error(`${total} bytes, more than ${MAX_DOWNLOAD}`);
        const chunks = [];
        let received = 0;
        for await (const chunk of response.body) {
            clearTimeout(timer);
            timer = setTimeout(fellSilent, silence);
            chunks.push(chunk);
            received += chunk.length;
            if (received > MAX_DOWNLOAD)
                throw new Error(`more than ${MAX_DOWNLOAD} bytes`);
            options.onProgress?.({ file, received, total });
        }
        if (total !== null && received !== total)
            throw new Error(`${received} of ${total} bytes received`);
        return Buffer.concat(chunks);
    }
    finally {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', stop);
        // Lets go of a body that was not read to its end; without effect otherwise.
        control.abort();
    }
}
/** What a failed request means, in words; undici hides the reason in `cause`. */
function explain(error) {
    const { cause, message } = error;
    if (error instanceof HourglassError) {
        const { rule, got } = error.parts;
        return { why: got === undefined ? rule : `${rule}, got ${got}`, unreachable: false };
    }
    if (error instanceof NoAnswer)
        return { why: error.message, unreachable: true };
    const code = cause?.code;
    const why = code ? `${cause.message || message} (${code})` : cause?.message || message;
    return { why, unreachable: code !== undefined && UNREACHABLE.has(code) };
}
function interrupted(file, signal) {
    return new HourglassError('interrupted', { subject: file, rule: 'the download was stopped' }, { cause: signal.reason });
}
function notPublished(spec, cache) {
    return new HourglassError('data', {
        subject: spec.name,
        rule: `is published only inside one ${spec.downloadMB} MB zip file, which hourglass does not download`,
        hint: `get ${EMNIST_ZIP}, unzip it, and pass its folder with --data-dir or HOURGLASS_DATA, ` +
            `or put its four files ${spec.name}-*.gz into ${join(cache, spec.name)}`,
    });
}
