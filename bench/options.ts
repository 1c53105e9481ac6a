/** The bench's command line. */
import { parseArgs } from 'node:util';
import { defaultThreads } from '../src/node/machine.ts';
import { NETWORKS, networkNamed } from './networks.ts';
import { PEER_NAMES } from './programs.ts';

const PARTS = ['table', 'throughput', 'costs', 'scaling', 'page', 'studio', 'watching'] as const;
/** Measured only when it is named: docs/performance.md has no place for it. */
const APART = ['loading'] as const;

/** What was asked for; or, where that cannot be, says so in a line and ends with 2. */
export function readOptions(): ReturnType<typeof parsed> {
  try {
    return parsed();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

function parsed() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string' },
      only: { type: 'string', default: PARTS.join(',') },
      networks: { type: 'string', default: NETWORKS.map(({ name }) => name).join(',') },
      peers: { type: 'string', default: PEER_NAMES.join(',') },
      late: { type: 'string' },
      threads: { type: 'string', default: String(defaultThreads()) },
      out: { type: 'string' },
      quick: { type: 'boolean', default: false },
      page: { type: 'boolean', default: false },
      whole: { type: 'boolean', default: false },
    },
  });
  const { quick, page, out } = values;
  const parts = listed('only', values.only, [...PARTS, ...APART]);
  const peers = values.peers === 'none' ? [] : listed('peers', values.peers, PEER_NAMES);
  const asked = values.networks.split(',').map(networkNamed);
  const networks = asked.filter(({ work }) => parts.includes(work === 'training' ? 'table' : 'throughput'));
  return {
    rounds: whole('rounds', values.rounds ?? (quick ? '3' : '15'), 1),
    lateSteps: whole('late', values.late ?? (quick ? '0' : '1500'), 0),
    threads: whole('threads', values.threads, 1),
    parts,
    networks,
    peers,
    /** Whether nothing is left out: what the page is made of. */
    isWhole:
      !quick &&
      parts.length === PARTS.length &&
      networks.length === NETWORKS.length &&
      peers.length === PEER_NAMES.length,
    quick,
    page,
    out,
    /** Whether `loading` is measured at the sizes that its aims are about. */
    whole: values.whole,
  };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new RangeError(`--${name}: must be a whole number from ${least}, got ${text}`);
}

function listed<Name extends string>(option: string, text: string, names: readonly Name[]): Name[] {
  return text.split(',').map((asked) => {
    const found = names.find((name) => name === asked);
    if (found === undefined) throw new RangeError(`--${option}: '${asked}' is none of ${names.join(', ')}`);
    return found;
  });
}
