/**
 * Data at an address: one file, downloaded once into the cache and read from there. Its run records the address and a
 * fingerprint of the samples, so that another machine downloads it again and finds the same.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HourglassError } from '../errors.ts';
import { cacheFolder, isOffline, placeWhole } from './cache.ts';
import type { DataOptions } from './dataset.ts';
import { AS_IT_IS, piecesOf } from './pieces.ts';

/** The most bytes of one file. */
const MOST = 64 * 2 ** 30;
const MOST_REDIRECTS = 5;
const SILENCE_MS = 30_000;

export interface AddressOptions
  extends Pick<DataOptions, 'cacheDir' | 'env' | 'offline' | 'timeoutMs' | 'signal' | 'onProgress'> {
  /** Hosts, with a port unless it is the usual one, that may be asked, also by a redirect. Default: all. */
  hosts?: readonly string[] | undefined;
}

/** Whether data are named by an address, and not by a name or a path. */
export const isAddress = (name: string): boolean => /^https?:\/\//i.test(name);

/** Where data are on this machine: a name or a path as it is, a file at an address in the cache. */
export const placeOnDisk = async (name: string, options: AddressOptions): Promise<string> =>
  isAddress(name) ? fileAt(name, options) : name;

/**
 * The file at an address: from the cache, or downloaded into it, whole or not at all. `#sha256=<hex>` at the end of the address is
 * what its bytes must have.
 *
 * @returns its path.
 * @throws HourglassError (usage) for an address that carries a password; (data) for a host that may not be asked, a
 * server that does not serve it, too many bytes, and other bytes than `#sha256` says; (interrupted) on `signal`.
 */
export async function fileAt(address: string, options: AddressOptions = {}): Promise<string> {
  const { url, sha256 } = parsed(address);
  const cache = join(cacheFolder(options), 'addresses');
  const key = createHash('sha256').update(url.href).digest('hex').slice(0, 16);
  const name = nameOf(url);
  const path = join(cache, key, name);
  if (await isThere(path)) {
    if (sha256 !== null) await requireHash(path, sha256, url.href);
    return path;
  }
  if (isOffline(options)) {
    throw new HourglassError('data', {
      subject: url.href,
      rule: 'is not in the cache, and the network is not to be used',
      hint: 'leave out --offline once, or download the file and name it by its path',
    });
  }
  await placeWhole(cache, key, async (staging) => {
    const file = await received(url, join(staging, name), options);
    if (sha256 !== null && file.sha256 !== sha256) throw otherBytes(url.href, sha256, file.sha256);
    return { file: { url: url.href, ...file, verified: sha256 !== null } };
  });
  return path;
}

function parsed(address: string): { url: URL; sha256: string | null } {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw refused(address, 'must be a valid address', 'write it as https://host/path/file.csv');
  }
  if (url.username !== '' || url.password !== '') {
    url.username = '';
    url.password = '';
    throw refused(
      url.href,
      'must carry no user and password: a run records where its data came from',
      'download the file and name it by its path',
    );
  }
  const { hash } = url;
  url.hash = '';
  if (hash === '') return { url, sha256: null };
  const [, sha256] = /^#sha256=([0-9a-f]{64})$/i.exec(hash) ?? [];
  if (sha256 === undefined)
    throw refused(address, "may end in '#sha256=' and 64 hexadecimal digits", 'leave out what follows #');
  return { url, sha256: sha256.toLowerCase() };
}

const refused = (subject: string, rule: string, hint: string) =>
  new HourglassError('usage', { subject, rule, hint });

/** The last part of its path, as a name that every file system takes: the name tells formats apart. */
function nameOf({ pathname }: URL): string {
  const last = pathname.split('/').at(-1) ?? '';
  const safe = last.replace(/%[0-9a-f]{2}/gi, '_').replace(/[^\w.-]/g, '_');
  return /^[.]*$/.test(safe) ? 'data' : safe.slice(-100);
}

const isThere = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isFile() === true;

async function requireHash(path: string, sha256: string, address: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  const found = hash.digest('hex');
  if (found !== sha256)
    throw otherBytes(address, sha256, found, `the cache has another file: delete ${path}`);
}

const otherBytes = (subject: string, wanted: string, got: string, hint?: string) =>
  new HourglassError('data', {
    ...{ subject, rule: `must have SHA-256 ${wanted.slice(0, 12)}…`, got },
    ...(hint === undefined ? {} : { hint }),
  });

/** Writes the body of an address to a file. */
async function received(
  url: URL,
  path: string,
  { timeoutMs = SILENCE_MS, signal, onProgress, hosts }: AddressOptions,
): Promise<{ bytes: number; sha256: string }> {
  const file = await open(path, 'wx');
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of piecesOf((control) => answerOf(url, control, hosts), {
      ...{ file: nameOf(url), most: MOST, answerMs: timeoutMs, silenceMs: timeoutMs, signal, onProgress },
    })) {
      bytes += piece.length;
      hash.update(piece);
      await file.writeFile(piece);
    }
    return { bytes, sha256: hash.digest('hex') };
  } catch (error) {
    throw explained(url, error, signal);
  } finally {
    await file.close();
  }
}

/** The answer, after redirects: each host is asked only if it may be. */
async function answerOf(
  url: URL,
  signal: AbortSignal,
  hosts: readonly string[] | undefined,
): Promise<Response> {
  let place = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    requireHost(place, hosts);
    const response = await fetch(place, { signal, redirect: 'manual', headers: AS_IT_IS });
    const next = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || next === null) return response;
    await response.body?.cancel();
    place = new URL(next, place);
    if (!isAddress(place.href)) throw new Error(`the server leads to ${place.protocol}`);
    if (url.protocol === 'https:' && place.protocol === 'http:')
      throw new Error('the server leads from https to http');
  }
  throw new Error(`more than ${MOST_REDIRECTS} redirects`);
}

/** A host that may not be asked. */
export class HostRefused extends HourglassError {}

function requireHost(url: URL, hosts: readonly string[] | undefined): void {
  if (hosts === undefined || hosts.includes(url.host)) return;
  throw new HostRefused('data', {
    subject: url.href,
    rule: 'is not at a host whose data this worker may download',
    got: url.host,
    hint: `start the worker with --allow-host ${url.host}`,
  });
}

function explained(url: URL, error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof HourglassError) return error;
  const subject = url.href;
  if (signal?.aborted) {
    return new HourglassError(
      'interrupted',
      { subject, rule: 'the download was stopped' },
      { cause: signal.reason },
    );
  }
  const { cause, message, code } = error as Error & { code?: string; cause?: Error & { code?: string } };
  // Failures of the file have a code of their own, which says more.
  if (code !== undefined && cause === undefined && /^E[A-Z]+$/.test(code)) return error;
  const why = cause?.code ? `${cause.message || message} (${cause.code})` : cause?.message || message;
  return new HourglassError(
    'data',
    {
      ...{ subject, rule: `could not be downloaded (${why})` },
      hint: 'check the address and the network, or download the file and name it by its path',
    },
    { cause: error },
  );
}
