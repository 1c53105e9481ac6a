/** Where a store of runs is: a bucket of an S3-compatible server. Endpoint and credentials come from the environment alone. */
import { HourglassError } from '../errors.ts';

export interface StoreAddress {
  readonly bucket: string;
  /** Without slashes at its ends; '' for the bucket itself. */
  readonly prefix: string;
  /** As it was given: it holds no secret. */
  readonly shown: string;
  /** The address of the bucket on its server, with a slash at its end. */
  readonly base: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

const FORM = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;
/** Parts of a prefix: they mean the same to every server, and need no encoding. */
const PART = /^(?!\.{1,2}$)[\w.-]{1,100}$/;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param given s3://bucket/prefix, or undefined for that in HOURGLASS_STORE.
 * @throws HourglassError (usage) if it is none, or the environment has no credentials.
 */
export function storeAddress(given: string | undefined, env: Environment = process.env): StoreAddress {
  const text = given ?? env.HOURGLASS_STORE;
  if (text === undefined || text === '')
    throw wrong(
      'needs the address of a store, or HOURGLASS_STORE in the environment',
      'for example s3://bucket/sweeps',
    );
  const [, bucket, path = ''] = FORM.exec(text) ?? [];
  const parts = path.replace(/\/$/, '').split('/');
  if (bucket === undefined || path.length > 500 || (path !== '' && !parts.every((part) => PART.test(part)))) {
    // What is not an address may hold a secret: it is not quoted.
    throw wrong(
      'must be an address of the form s3://bucket/prefix',
      'credentials are in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, another server than that of AWS in AWS_ENDPOINT_URL',
    );
  }
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey)
    throw wrong('needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment');
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1';
  const prefix = path.replace(/\/$/, '');
  return {
    ...{ bucket, prefix, region, accessKeyId, secretAccessKey },
    shown: `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`,
    base: baseOf(bucket, region, env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL),
    sessionToken: env.AWS_SESSION_TOKEN || undefined,
  };
}

function baseOf(bucket: string, region: string, endpoint: string | undefined): string {
  if (endpoint === undefined) {
    if (!/^[a-z0-9-]+$/.test(region)) throw wrong('needs the name of a region in AWS_REGION');
    const host = `s3.${region}.amazonaws.com`;
    // A certificate covers no names with further dots.
    return bucket.includes('.') ? `https://${host}/${bucket}/` : `https://${bucket}.${host}/`;
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  const isServer = url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '';
  if (!isServer || url.search !== '' || url.hash !== '')
    throw wrong('needs an address of the form https://host:port in AWS_ENDPOINT_URL');
  return `${url.href.replace(/\/$/, '')}/${bucket}/`;
}

const wrong = (rule: string, hint?: string): HourglassError =>
  new HourglassError('usage', { subject: '--store', rule, ...(hint === undefined ? {} : { hint }) });
