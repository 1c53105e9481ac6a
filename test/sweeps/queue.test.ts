/** Sweeps over a queue, on real servers: trials of two workers, one of which is killed; hostile jobs; passwords. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PIXELS, run, SIDE, type Started, TINY, weightsOf } from '../support/program.ts';
import {
  lackingPostgres,
  lackingRedis,
  PASSWORD,
  startPostgres,
  startRedis,
  type TestServer,
} from '../support/queue-servers.ts';
import { SECRET, startS3, TOKEN } from '../support/s3-server.ts';
import { counts, journalOf, type Machines, machines, resultOf, until } from './machines.ts';

const [TRIALS, EPOCHS] = [3, 25];

const SERVERS = [
  ['Redis', lackingRedis(), () => startRedis()],
  ['PostgreSQL', await lackingPostgres(), startPostgres],
] as const;

/** The same sweep without a queue. */
let alone: { best: string; values: number[] };

beforeAll(async () => {
  const here = await machines('', EPOCHS);
  expect((await here.alone('alone', TRIALS)).code).toBe(0);
  alone = await resultOf(here.place, 'alone');
});

describe.each(SERVERS)('%s', (name, lacking, begin) => {
  let server: TestServer;
  let here: Machines;
  const started: Started[] = [];
  const secrets = [PASSWORD];
  const also = (one: Started) => {
    started.push(one);
    return one;
  };
  const skips = lacking === undefined ? '' : `: skipped, ${lacking}`;

  beforeAll(async () => {
    if (lacking !== undefined) return;
    server = await begin();
    here = await machines(server.url, EPOCHS);
  });
  afterAll(async () => {
    for (const one of started) one.process.kill('SIGKILL');
    await server?.close();
  });

  test.skipIf(lacking)(`a killed worker's trials end elsewhere with the same bits${skips}`, async () => {
    also(here.worker('a'));
    const killed = also(here.worker('b'));
    const asked = also(here.ask('queued', TRIALS));
    await killed.says('begins');
    await until(async () => (await journalOf(here.place, 'queued')).some(({ op_code }) => op_code === 7));
    killed.process.kill('SIGKILL');
    await killed.ended;
    also(here.worker('b'));
    const ended = await asked.ended;
    expect(ended.stderr).toBe('');
    expect(ended.code).toBe(0);
    expect(counts(await journalOf(here.place, 'queued'))).toEqual({ created: TRIALS, completed: [1, 1, 1] });
    const queued = await resultOf(here.place, 'queued');
    expect(queued.values).toEqual(alone.values);
    expect(await weightsOf(queued.best)).toEqual(await weightsOf(alone.best));
    // The run is one of the asker's: its data are found where they are here.
    const { dataset } = JSON.parse(await readFile(join(queued.best, 'run.json'), 'utf8'));
    expect(dataset.dataDir).toBe(join(here.place, 'data'));
  });

  test.skipIf(lacking ?? name !== 'Redis')(
    `shards are encoded as by one command, and continued${skips}`,
    async () => {
      const shards = join(here.place, 'shards');
      await mkdir(shards);
      for (const [i, file] of ['a.npy', 'b.npy', 'bad.npy'].entries())
        await writeFile(join(shards, file), i === 2 ? 'nonsense' : npy(5 + i));
      for (const one of started) one.process.kill('SIGKILL');
      also(here.worker('d', '--allow-data', shards));
      const model = (await resultOf(here.place, 'queued')).best;
      const ask = (...args: string[]) =>
        run(here.place, ['encode', model, 'shards', '--out', 'codes', '--queue', ...args], {
          HOURGLASS_QUEUE: server.url,
        });
      const first = await ask();
      expect(first.stderr).toMatch(/bad.npy failed on d: .*bad.npy/);
      expect(first.code).toBe(3);
      const names = (await readdir(join(here.place, 'codes'))).sort();
      expect(names).toEqual(['a.npy', 'b.npy', 'manifest.json', 'queue.json']);
      await run(here.place, ['encode', model, 'shards/b.npy', '--out', 'b.npy']);
      const codes = (file: string) => readFile(join(here.place, file));
      expect(await codes('codes/b.npy')).toEqual(await codes('b.npy'));
      expect((await ask()).stderr).toMatch(/manifest.json: already exists; add --resume/);
      await rm(join(here.place, 'codes', 'a.npy'));
      await writeFile(join(shards, 'bad.npy'), npy(3));
      const again = await ask('--resume');
      expect(again.stderr).toContain('3 shards, 1 of them done before');
      expect(again.code).toBe(0);
      const { shards: done } = JSON.parse((await codes('codes/manifest.json')).toString());
      expect(done.map((one: { output: string }) => one.output)).toEqual(['a.npy', 'b.npy', 'bad.npy']);
    },
  );

  test.skipIf(lacking ?? name !== 'Redis')(
    `runs come back by a store, and are not lost when the asker may not read it for a while${skips}`,
    async () => {
      for (const one of started) one.process.kill('SIGKILL');
      const s3 = await startS3();
      const store = ['--store', 's3://bucket/sweeps'];
      const env = { HOURGLASS_QUEUE: server.url, ...s3.env };
      s3.faults.push({ method: 'GET', match: /made/, status: 403, code: 'ExpiredToken' });
      also(here.worker('e', ...store, s3.env));
      const first = await also(here.ask('stored', 2, ...store, s3.env)).ended;
      expect(first.stderr).toMatch(
        /s3:\/\/bucket\/sweeps: the store refuses what is asked \(403 ExpiredToken\)/,
      );
      expect(first.code).toBe(6);
      const without = await run(here.place, ['sweep', '--resume', 'stored', '--queue'], env);
      expect(without.stderr).toMatch(
        /--store: trials of an earlier session .* give --store s3:\/\/bucket\/sweeps/,
      );
      const again = await run(here.place, ['sweep', '--resume', 'stored', '--queue', ...store], env);
      expect(again.code, again.stderr).toBe(0);
      const { best, values } = await resultOf(here.place, 'stored');
      expect(values).toEqual(alone.values.slice(0, 2));
      await weightsOf(best);
      // Each run was written once, and stays; the journal says where.
      const { id } = JSON.parse(await readFile(join(here.place, 'stored', 'queue.json'), 'utf8'));
      const written = s3.asked.filter((one) => one.startsWith('PUT') && one.includes(id));
      expect(written).toHaveLength(2);
      const archives = (await journalOf(here.place, 'stored')).flatMap(
        (line) => (line.user_attr as { archive?: string } | undefined)?.archive ?? [],
      );
      expect(archives.sort()).toEqual([...s3.objects.keys()].map((key) => `s3://bucket/${key}`).sort());
      secrets.push(SECRET, TOKEN);
      await s3.close();
    },
  );

  test.skipIf(lacking)(`a worker refuses a job that names a file or has code${skips}`, async () => {
    const { connect, queueAddress, repliesQueue, TRIALS_QUEUE } = await import('../../src/queue/index.ts');
    const sweep = '0123456789abcdef';
    const job = {
      ...{ format: 'hourglass-trial', version: 1, sweep, trial: 0, attempt: 1, recipe: TINY, threads: 1 },
      ...{ set: { 'data.set': '/etc' }, dataDir: null, offline: true, measure: false, test: false },
      ...{ fingerprint: null, parcel: null, store: null, stop: false },
    };
    for (const one of started) one.process.kill('SIGKILL');
    const queue = await connect(queueAddress(server.url));
    const worker = also(here.worker('c'));
    await queue.box(TRIALS_QUEUE).put('trial', job, 'hostile-1');
    await queue.box(TRIALS_QUEUE).put('trial', { ...job, code: 'process.exit()' }, 'hostile-2');
    const replies = queue.box(repliesQueue(sweep));
    const end = async () => {
      const all = (await replies.all()) as { said: { type: string; end?: { message: string } } }[];
      return all.find(({ said }) => said.type === 'ended')?.said.end?.message;
    };
    await until(async () => (await end()) !== undefined);
    expect(await end()).toContain('/etc: is not in a folder whose data this worker may read');
    await until(async () => (await queue.box(TRIALS_QUEUE).state('hostile-2')) === 'failed');
    await replies.clear();
    await queue.close();
    worker.process.kill('SIGINT');
    const { code, stdout } = await worker.ended;
    expect(stdout).toMatch(/refused: Unrecognized key: "code"/);
    expect(code).toBe(0);
  });

  test.skipIf(lacking)(`nothing that is written or printed has the password${skips}`, async () => {
    for (const one of started) one.process.kill('SIGKILL');
    const said = (await Promise.all(started.map((one) => one.ended))).map(
      ({ stdout, stderr }) => stdout + stderr,
    );
    const entries = await readdir(here.place, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && /\.(jsonl?|html|csv)$/.test(entry.name));
    const texts = await Promise.all(
      files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')),
    );
    expect(said.join()).toContain(
      `takes 1 at a time from ${name === 'Redis' ? 'redis' : 'postgres'}://127.0.0.1`,
    );
    expect(texts.length).toBeGreaterThan(10);
    expect([...said, ...texts].filter((text) => secrets.some((one) => text.includes(one)))).toEqual([]);
  });
});

/** Images of the size of the test's data, as NPY. */
function npy(count: number): Uint8Array {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${count}, ${SIDE}, ${SIDE}), }`.padEnd(
    117,
  );
  const start = Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header}\n`, 'latin1');
  return Buffer.concat([start, Uint8Array.from({ length: count * PIXELS }, (_, i) => (i * 37) % 256)]);
}
