import { afterEach, beforeEach, expect, test } from 'vitest';
import { KEY_ID, type S3Server, SECRET, startS3, TOKEN } from '../../test/support/s3-server.ts';
import { openStore } from './run-store.ts';
import { storeAddress } from './store-address.ts';

let server: S3Server;
beforeEach(async () => {
  server = await startS3();
});
afterEach(() => server.close());

const address = (env: Record<string, string> = {}, place = 's3://bucket/runs/of-mine') =>
  storeAddress(place, { ...server.env, ...env });
const BYTES = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 31) % 251);

test('an archive is signed, kept under its name, and comes back', async () => {
  const store = await openStore(address());
  expect(server.objects.size).toBe(0);
  const depot = store.depot('0123456789abcdef', 'made');
  const parcel = await depot.put('3-77', BYTES);
  expect([...server.objects.keys()]).toEqual(['runs/of-mine/0123456789abcdef/made/3-77.zip']);
  expect(store.placeOf('3-77', '0123456789abcdef', 'made')).toBe(
    's3://bucket/runs/of-mine/0123456789abcdef/made/3-77.zip',
  );
  expect(Buffer.from(await depot.fetch(parcel, 1e6)).equals(BYTES)).toBe(true);
  await depot.remove('3-77');
  await depot.remove('never');
  expect(server.objects.size).toBe(0);
});

test('a server that goes away is waited for, and a transfer that was cut off is repeated', async () => {
  const said: string[] = [];
  const store = await openStore(address(), (isAway, why) => said.push(isAway ? why : 'back'));
  const depot = store.depot('a');
  server.faults.push({ method: 'PUT', status: 503 }, { method: 'GET', cutAfter: 500 });
  const parcel = await depot.put('b', BYTES);
  expect(Buffer.from(await depot.fetch(parcel, 1e6)).equals(BYTES)).toBe(true);
  expect(said).toEqual(['it answers with 503', 'back', expect.stringMatching(/\w/), 'back']);
});

test.each([
  [
    { status: 403, code: 'ExpiredToken' },
    'environment',
    /refuses what is asked \(403 ExpiredToken\); check AWS_/,
  ],
  [
    { status: 301, headers: { 'x-amz-bucket-region': 'us-x-2' } },
    'environment',
    /region us-x-2; set AWS_REGION=us-x-2/,
  ],
  [{ status: 302, headers: { location: 'http://169.254.169.254/' } }, 'environment', /\(302 Odd\)/],
  [
    { status: 404, code: 'NoSuchKey' },
    'run',
    /has no runs\/of-mine\/a\/b.zip; asker and workers need the same --store/,
  ],
  [{ instead: BYTES.subarray(1) }, 'run', /has fewer bytes than were written, 100000/],
  [{ instead: new Uint8Array(5_000_000) }, 'run', /has more bytes than were written, 100000/],
  [{ instead: BYTES.toReversed() }, 'run', /arrived damaged/],
])('an answer %j is a problem in a line', async (fault, kind, message) => {
  const depot = (await openStore(address())).depot('a');
  const parcel = await depot.put('b', BYTES);
  server.faults.push({ method: 'GET', ...fault });
  const error = await depot.fetch(parcel, 1e6).catch((thrown) => thrown);
  expect(error).toMatchObject({ kind, message: expect.stringMatching(message) });
  expect(error.message).not.toMatch(/\n|hush/);
});

test('what is larger than is taken is not asked for', async () => {
  const depot = (await openStore(address())).depot('a');
  const parcel = await depot.put('b', BYTES);
  const before = server.asked.length;
  await expect(depot.fetch(parcel, 1000)).rejects.toThrow(/larger than the 1000 bytes/);
  expect(server.asked.length).toBe(before);
});

test.each([
  [{ AWS_SECRET_ACCESS_KEY: 'other' }, /403 SignatureDoesNotMatch/],
  [{ AWS_ACCESS_KEY_ID: 'AKIAOTHER' }, /403 InvalidAccessKeyId/],
  [{ AWS_SESSION_TOKEN: '' }, /403 InvalidToken/],
  [{ AWS_REGION: 'elsewhere' }, /403 AuthorizationHeaderMalformed/],
  [
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    /does not answer \(.*(ECONNREFUSED|bad port).*\); check that the server runs/,
  ],
])('settings %j are refused before anything begins', async (env, message) => {
  const error = await openStore(address(env)).catch((thrown) => thrown);
  expect(error).toMatchObject({ kind: 'environment', message: expect.stringMatching(message) });
  for (const secret of [KEY_ID, SECRET, TOKEN]) expect(error.message).not.toContain(secret);
});

test('a bucket that is not there is named', async () => {
  await expect(openStore(address({}, 's3://other'))).rejects.toThrow(
    /^s3:\/\/other: the store refuses .*NoSuchBucket/,
  );
});

test('an address says where; nothing of it is quoted that may be a secret', () => {
  const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  expect(storeAddress('s3://my-bucket/a/b/', { ...env, AWS_REGION: 'eu-1' })).toMatchObject({
    ...{ shown: 's3://my-bucket/a/b', prefix: 'a/b', base: 'https://my-bucket.s3.eu-1.amazonaws.com/' },
  });
  expect(storeAddress('s3://my.bucket', env).base).toBe('https://s3.us-east-1.amazonaws.com/my.bucket/');
  expect(storeAddress(undefined, { ...env, HOURGLASS_STORE: 's3://abc' }).shown).toBe('s3://abc');
  for (const wrong of [
    's3://key:hush@bucket/x',
    's3://bucket/../hush',
    's3://bucket/a b',
    'http://hush/',
    's3://b',
    's3://bucket//x',
  ]) {
    expect(() => storeAddress(wrong, env)).toThrow(/must be an address of the form s3:\/\/bucket\/prefix/);
    expect(() => storeAddress(wrong, env)).not.toThrow(/hush/);
  }
  expect(() => storeAddress('s3://bucket', {})).toThrow(/needs AWS_ACCESS_KEY_ID/);
  expect(() => storeAddress('', env)).toThrow(/needs the address of a store/);
  const strange = { ...env, AWS_ENDPOINT_URL: 'http://user:hush@host' };
  expect(() => storeAddress('s3://bucket', strange)).toThrow(/form https:\/\/host:port in AWS_ENDPOINT_URL/);
  expect(() => storeAddress('s3://bucket', strange)).not.toThrow(/hush/);
});
