/**
 * Downloads a set's four files from the first mirror that answers with the right bytes, within limits on
 * size and silence, into the cache: all four or none. Files of this size (at most 30 MB packed) are held in
 * memory until they are verified; only verified ones touch the disk.
 */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { decodeIdx } from '../codecs/idx.ts';
import { HourglassError } from '../errors.ts';
import { type CachedFile, type Manifest, placeWhole } from './cache.ts';
import { type DataOptions, FILE_ROLES, type FileRole } from './dataset.ts';
import { unpackIdx } from './files.ts';
import { isGzip } from './gzip.ts';
import { AS_IT_IS, NoAnswer, piecesOf } from './pieces.ts';
import { type DatasetSpec, EMNIST_ZIP } from './registry.ts';

const DEFAULT_TIMEOUT_MS = 10_000;
/** The most bytes one packed file may have. */
const MAX_DOWNLOAD = 128 * 2 ** 20;

/** Codes of failures to reach a server: without a network, only these occur. */
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
  /** The reason in a few words, for a note when the program continues without the data. */
  readonly brief: string;

  constructor(subject: string, failures: readonly Failure[]) {
    super('data', {
      subject,
      rule: `could not be downloaded (${failures.map(({ url, why }) => `${url}: ${why}`).join('; ')})`,
      hint: 'check the network, or give a folder with the files by --data-dir or HOURGLASS_DATA',
    });
    const telling = failures.find((failure) => !failure.unreachable);
    this.brief = telling ? `the download failed, ${telling.why}` : 'no network';
  }
}

interface Failure {
  url: string;
  why: string;
  /** Whether the server never answered: if no mirror answers, there is no network. */
  unreachable: boolean;
}

/**
 * Downloads a set into `<cache>/<name>`.
 * @returns that folder, and the mirror that served it.
 * @throws DownloadError when no mirror provides a file; HourglassError (data) when the set is
 * not published file by file or the cache cannot be written; HourglassError (interrupted) on `signal`.
 */
export async function downloadSet(
  spec: DatasetSpec,
  cache: string,
  options: DataOptions,
): Promise<{ folder: string; from: string }> {
  const bases = options.mirrors?.length ? options.mirrors : spec.mirrors;
  const mirrors = bases.map((base) => (base.endsWith('/') ? base : `${base}/`));
  if (mirrors.length === 0) throw notPublished(spec, cache);
  const folder = await placeWhole(cache, spec.name, async (staging) => {
    const manifest: Manifest = {};
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
  return { folder, from: mirrors[0]! };
}

async function downloadFile(
  spec: DatasetSpec,
  role: FileRole,
  mirrors: readonly string[],
  options: DataOptions,
) {
  const file = `${spec.files[role]}.gz`;
  const failures: Failure[] = [];
  for (const mirror of mirrors) {
    const url = mirror + file;
    try {
      const packed = await receive(url, file, mirrors.length, options);
      return { mirror, ...verify(packed, url, spec, role) };
    } catch (error) {
      if (options.signal?.aborted) throw interrupted(file, options.signal);
      failures.push({ url, ...explain(error) });
    }
  }
  throw new DownloadError(`${spec.name}, ${file}`, failures);
}

/** Unpacks a download and checks it against the set's checksum, if one is known. */
function verify(packed: Uint8Array, url: string, spec: DatasetSpec, role: FileRole) {
  const sum = spec.sums[role];
  if (sum?.of === 'gzip') checkSum(packed, sum.sha256, url);
  const bytes = isGzip(packed) ? unpackIdx(packed, url) : packed;
  if (sum?.of === 'idx') checkSum(bytes, sum.sha256, url);
  decodeIdx(bytes, url);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const entry: CachedFile = {
    url,
    bytes: bytes.length,
    sha256,
    crc32: crc32(bytes),
    verified: sum !== undefined,
  };
  return { bytes, entry };
}

function checkSum(bytes: Uint8Array, expected: string, url: string): void {
  const got = createHash('sha256').update(bytes).digest('hex');
  if (got !== expected) {
    throw new HourglassError('data', {
      subject: url,
      rule: `must have SHA-256 ${expected.slice(0, 12)}…`,
      got,
    });
  }
}

/** The complete body of one URL. Throws any error; `downloadFile` explains it. */
async function receive(
  url: string,
  file: string,
  mirrors: number,
  { timeoutMs = DEFAULT_TIMEOUT_MS, signal, onProgress }: DataOptions,
): Promise<Uint8Array> {
  // All mirrors together get one time-out to answer, so that a bad network is noticed in that time.
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOf((control) => fetch(url, { signal: control, headers: AS_IT_IS }), {
    ...{ file, most: MAX_DOWNLOAD, answerMs: timeoutMs / mirrors, silenceMs: timeoutMs, signal, onProgress },
  })) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** What a failed request means, in words; undici hides the reason in `cause`. */
function explain(error: unknown): Omit<Failure, 'url'> {
  const { cause, message } = error as Error & { cause?: Error & { code?: string } };
  if (error instanceof HourglassError) {
    const { rule, got } = error.parts;
    return { why: got === undefined ? rule : `${rule}, got ${got}`, unreachable: false };
  }
  if (error instanceof NoAnswer) return { why: error.message, unreachable: true };
  const code = cause?.code;
  const why = code ? `${cause.message || message} (${code})` : cause?.message || message;
  return { why, unreachable: code !== undefined && UNREACHABLE.has(code) };
}

function interrupted(file: string, signal: AbortSignal): HourglassError {
  return new HourglassError(
    'interrupted',
    { subject: file, rule: 'the download was stopped' },
    { cause: signal.reason },
  );
}

function notPublished(spec: DatasetSpec, cache: string): HourglassError {
  return new HourglassError('data', {
    subject: spec.name,
    rule: `is published only inside one ${spec.downloadMB} MB zip file, which hourglass does not download`,
    hint:
      `get ${EMNIST_ZIP}, unzip it, and pass its folder with --data-dir or HOURGLASS_DATA, ` +
      `or put its four files ${spec.name}-*.gz into ${join(cache, spec.name)}`,
  });
}
