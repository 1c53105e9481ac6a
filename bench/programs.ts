/** The programs that are measured: hourglass, the floor, and the peers, each with what it takes to have it. */
import { fileURLToPath } from 'node:url';
import type { Script } from './browser/files.ts';
import type { PageNetwork } from './browser/networks.ts';
import type { Network } from './network.ts';

export interface Program {
  name: string;
  command: string;
  arguments: string[];
  /** What to type where it is not installed. */
  install?: string;
  /** What the processes of some modes have in their environment, by the end of the mode's name. */
  environments?: Readonly<Record<string, NodeJS.ProcessEnv>>;
  /** All that it was written for, of those that do one thing alone. */
  only?: { network: string; batches: readonly number[] };
}

/** The folder of this bench's sources, seen from where the compiled bench lies: bench/build/bench. */
const SOURCES = new URL('../../', import.meta.url);
const fileOf = (name: string) => fileURLToPath(new URL(`peers/${name}`, SOURCES));

export const HOURGLASS = worker('hourglass');

/** glibc hands large arrays back to the system and gets them anew, page by page, unless it is told to keep them. */
const MEMORY_KEPT = { MALLOC_TRIM_THRESHOLD_: '17179869184', MALLOC_MMAP_THRESHOLD_: '17179869184' };

const PEERS_INSTALL = 'npm ci --prefix bench/peers';

const PEERS: readonly Program[] = [
  {
    ...python(
      'pytorch',
      'pytorch.py',
      'pip install numpy torch --index-url https://download.pytorch.org/whl/cpu',
    ),
    environments: { 'memory kept': MEMORY_KEPT },
  },
  python('jax', 'jax_step.py', 'pip install numpy jax'),
  javascript('tfjs', 'tfjs.js'),
  javascript('jax-js', 'jax_js.js'),
];
export const PEER_NAMES: readonly string[] = PEERS.map(({ name }) => name);

/** Those that take part in a network's contest. */
export function programsFor(network: Network, peers: readonly string[]): Program[] {
  const chosen = PEERS.filter(({ name }) => peers.includes(name));
  const all = [HOURGLASS, ...(network.floor === false ? [] : [worker('floor')]), ...chosen];
  return all.filter(({ only }) => only === undefined || only.network === network.name);
}

/** Those that take part in the contest of a network in a page: hourglass there and in Node, and the peers there. */
export function pageProgramsFor(network: PageNetwork, peers: readonly string[]): Program[] {
  const all = [page('page', 'hourglass'), { ...HOURGLASS, name: 'node' }];
  for (const peer of ['tfjs', 'jax-js'] as const) {
    if (peer in network.aims && peers.includes(peer))
      all.push({ ...page(peer, peer), install: PEERS_INSTALL });
  }
  return all;
}

function page(name: string, script: Script): Program {
  const file = fileURLToPath(new URL('./browser/driver.js', import.meta.url));
  return { name, command: process.execPath, arguments: [file, script] };
}

function worker(name: string): Program {
  const file = fileURLToPath(new URL(`./workers/${name}.js`, import.meta.url));
  return { name, command: process.execPath, arguments: [file] };
}

function python(name: string, file: string, install: string): Program {
  const command = process.env.HOURGLASS_PYTHON ?? 'python3';
  return { name, command, arguments: ['-B', fileOf(file)], install };
}

function javascript(name: string, file: string): Program {
  return {
    name,
    command: process.execPath,
    arguments: [fileOf(file)],
    install: PEERS_INSTALL,
    only: { network: 'dense', batches: [128] },
  };
}
