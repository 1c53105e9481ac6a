/**
 * A store of runs: archives in a bucket of an S3-compatible server, by requests that aws4fetch signs. A server that does not
 * answer is waited for; one that refuses is an error of this machine's settings.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { AwsClient } from 'aws4fetch';
import { HourglassError } from '../errors.ts';
import { type Depot, parcelOf, requireSmall, requireWhole } from './parcels.ts';
import type { StoreAddress } from './store-address.ts';

/** Milliseconds in which a server must answer at first. */
const FIRST_ANSWER = 15_000;
/** Milliseconds that one is waited for that has answered before. */
const LONGEST_WAIT = 3_600_000;
const LONGEST_PAUSE = 5_000;
/** Characters of a refusal that are looked at. */
const MOST_WORDS = 4000;

export interface RunStore {
  readonly shown: string;
  /** The archives of a folder of the store. */
  depot(...folder: readonly string[]): Depot;
  /** The address of an archive, as it may be shown. */
  placeOf(id: string, ...folder: readonly string[]): string;
  /** Ends what still waits for the server. */
  close(): void;
}

/**
 * @param onState called when the server goes away, and when it is back.
 * @throws HourglassError (environment) if an archive cannot be written and read there.
 */
export async function openStore(
  address: StoreAddress,
  onState: (isAway: boolean, why: string) => void = () => {},
): Promise<RunStore> {
  const { AwsClient } = await import('aws4fetch');
  const { accessKeyId, secretAccessKey, sessionToken, region } = address;
  const client = new AwsClient({
    ...{ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 },
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
  const objects = new Objects(client, address, onState);
  await objects.check();
  const keyOf = (id: string, folder: readonly string[]) =>
    [address.prefix, ...folder, `${id}.zip`].filter(Boolean).join('/');
  return {
    shown: address.shown,
    depot: (...folder) => ({
      async put(id, bytes) {
        const parcel = parcelOf(id, bytes);
        await objects.put(keyOf(id, folder), bytes, parcel.sha256);
        return parcel;
      },
      async fetch(parcel, most) {
        requireSmall(parcel, most);
        return requireWhole(await objects.get(keyOf(parcel.id, folder), parcel.bytes), parcel);
      },
      remove: (id) => objects.remove(keyOf(id, folder)),
    }),
    placeOf: (id, ...folder) => `s3://${address.bucket}/${keyOf(id, folder)}`,
    close: () => objects.close(),
  };
}

class Objects {
  private readonly client: AwsClient;
  private readonly address: StoreAddress;
  private readonly onState: (isAway: boolean, why: string) => void;
  private readonly closing = new AbortController();
  private isAway = false;

  constructor(client: AwsClient, address: StoreAddress, onState: (isAway: boolean, why: string) => void) {
    [this.client, this.address, this.onState] = [client, address, onState];
  }

  /** Writes, reads and removes a small object, so that wrong settings are found before anything is trained. */
  async check(): Promise<void> {
    const key = [this.address.prefix, `check-${randomBytes(8).toString('hex')}`].filter(Boolean).join('/');
    const bytes = Buffer.from('hourglass');
    const late = AbortSignal.timeout(FIRST_ANSWER);
    await this.once('PUT', key, late, { bytes, sha256: parcelOf('', bytes).sha256 });
    const found = await this.once('GET', key, late, { most: bytes.length });
    // Who may not remove anything can still work.
    await this.once('DELETE', key, late).catch(() => {});
    if (!bytes.equals(found)) throw this.problem('gave back other bytes than it was given');
  }

  async put(key: string, bytes: Uint8Array, sha256: string): Promise<void> {
    await this.patiently((signal) => this.once('PUT', key, signal, { bytes, sha256 }));
  }

  get(key: string, most: number): Promise<Uint8Array> {
    return this.patiently((signal) => this.once('GET', key, signal, { most }));
  }

  async remove(key: string): Promise<void> {
    await this.patiently((signal) => this.once('DELETE', key, signal)).catch(() => {});
  }

  close(): void {
    this.closing.abort();
  }

  /** Asks until the server answers. */
  private async patiently<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.closing;
    const since = performance.now();
    for (let pause = 200; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        const answer = await ask(signal);
        this.tell(false, '');
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof Away) || performance.now() - since > LONGEST_WAIT) throw error;
        this.tell(true, error.why);
        await wait(pause, undefined, { signal });
      }
    }
  }

  private tell(isAway: boolean, why: string): void {
    if (isAway !== this.isAway) this.onState(isAway, why);
    this.isAway = isAway;
  }

  /** One request and its answer. @throws Away if another may succeed. */
  private async once(
    method: 'PUT' | 'GET' | 'DELETE',
    key: string,
    signal: AbortSignal,
    { bytes, sha256, most = 0 }: { bytes?: Uint8Array; sha256?: string; most?: number } = {},
  ): Promise<Uint8Array> {
    let answer: Response;
    try {
      answer = await this.client.fetch(`${this.address.base}${key}`, {
        method,
        // The bytes are signed, too: what arrives is what was sent.
        headers:
          sha256 === undefined ? {} : { 'x-amz-content-sha256': sha256, 'content-type': 'application/zip' },
        ...(bytes === undefined ? {} : { body: bytes as Uint8Array<ArrayBuffer> }),
        // An answer may lead anywhere: what was signed for one server goes to no other.
        redirect: 'manual',
        signal,
      });
    } catch (error) {
      throw this.away(whyOf(error));
    }
    const { status } = answer;
    if (status >= 500 || status === 429 || status === 408) {
      await answer.body?.cancel().catch(() => {});
      throw this.away(`it answers with ${status}`);
    }
    if (status === 404 && method === 'DELETE') return new Uint8Array();
    if (status < 200 || status > 299) throw this.refusal(answer, key, await wordsOf(answer));
    return method === 'GET' ? this.bytesOf(answer, key, most) : new Uint8Array();
  }

  private async bytesOf(answer: Response, key: string, most: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const chunk of answer.body ?? []) {
        length += chunk.length;
        if (length > most) break;
        chunks.push(chunk);
      }
    } catch (error) {
      throw this.away(whyOf(error));
    }
    if (length !== most)
      throw this.lost(`${key} has ${length > most ? 'more' : 'fewer'} bytes than were written, ${most}`);
    return Buffer.concat(chunks);
  }

  private refusal(answer: Response, key: string, words: string): HourglassError {
    const { status, headers } = answer;
    const code = /<Code>([\w.-]{1,60})<\/Code>/.exec(words)?.[1];
    if (status === 404 && code !== 'NoSuchBucket')
      return this.lost(`has no ${key}`, 'asker and workers need the same --store and AWS_ENDPOINT_URL');
    const region = headers.get('x-amz-bucket-region');
    if (region !== null && /^[a-z0-9-]{1,40}$/.test(region) && region !== this.address.region)
      return this.problem(`the bucket is in the region ${region}`, `set AWS_REGION=${region}`);
    const said = code === undefined ? String(status) : `${status} ${code}`;
    const hint =
      code === 'NoSuchBucket'
        ? 'make the bucket, or check its name and AWS_ENDPOINT_URL'
        : code === 'RequestTimeTooSkewed'
          ? "set this machine's clock"
          : 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and what they may do: reading, writing and deleting objects there';
    return this.problem(`the store refuses what is asked (${said})`, hint);
  }

  private problem(rule: string, hint?: string): HourglassError {
    return new HourglassError('environment', {
      subject: this.address.shown,
      rule,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  private lost(rule: string, hint?: string): HourglassError {
    return new HourglassError('run', {
      subject: this.address.shown,
      rule,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  private away(why: string): Away {
    return new Away(this.address.shown, why);
  }
}

/** The server does not answer now. */
class Away extends HourglassError {
  readonly why: string;

  constructor(shown: string, why: string) {
    super('environment', {
      subject: shown,
      rule: `the store does not answer (${why})`,
      hint: 'check that the server runs, and AWS_ENDPOINT_URL',
    });
    this.why = why;
  }
}

/** The beginning of what a server says. */
async function wordsOf(answer: Response): Promise<string> {
  let words = '';
  try {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) {
      words += decoder.decode(chunk, { stream: true });
      if (words.length > MOST_WORDS) break;
    }
  } catch {
    // Its status says enough.
  }
  return words;
}

/** In a line: the address that failed is known, and fetch says no more than its cause. */
function whyOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  if ((first as Error | null)?.name === 'TimeoutError') return 'no answer';
  const message = first instanceof Error ? first.message : String(first);
  return message.replace(/\s+/g, ' ').trim().slice(0, 300) || 'no answer';
}
