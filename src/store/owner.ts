/** Which process owns a lock, in words that another process can check: on this machine, since this boot, still alive? */
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import * as z from 'zod';

export const ownerSchema = z.object({
  format: z.literal('hourglass-lock'),
  version: z.literal(1),
  host: z.string(),
  /** The system's boot and the space that process ids are counted in, where the system tells them; else null. */
  boot: z.string().nullable(),
  pidSpace: z.string().nullable(),
  pid: z.int().min(1),
  /** When the process began, in clock ticks since the boot, where the system tells it; else null. */
  started: z.string().nullable(),
  /** Unique to this lock. */
  token: z.string().regex(/^[0-9a-f]{32}$/),
  /** For people; no decision is made by a clock. */
  since: z.string(),
});

export type Owner = z.infer<typeof ownerSchema>;

/** This process, with a token for one lock. */
export function thisOwner(): Owner {
  return {
    format: 'hourglass-lock',
    version: 1,
    host: hostname(),
    boot: bootId(),
    pidSpace: pidSpace(),
    pid: process.pid,
    started: startOf(process.pid),
    token: randomBytes(16).toString('hex'),
    since: new Date().toISOString(),
  };
}

/** Whether this machine can tell if the owner lives: process ids mean nothing elsewhere. */
export function isNear({ host, boot, pidSpace: space }: Owner): boolean {
  return host === hostname() && (boot !== bootId() || space === pidSpace());
}

/** Whether the owner is known to be dead. If that cannot be told, it is not. */
export function isDead(owner: Owner): boolean {
  if (!isNear(owner)) return false;
  if (owner.boot !== null && bootId() !== null && owner.boot !== bootId()) return true;
  if (!isAlive(owner.pid)) return true;
  const started = startOf(owner.pid);
  return owner.started !== null && started !== null && owner.started !== started;
}

/** Whether there is a process of this id on this machine. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function told(read: () => string): string | null {
  try {
    return read().trim() || null;
  } catch {
    return null;
  }
}

const bootId = () => told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
const pidSpace = () => told(() => readlinkSync('/proc/self/ns/pid'));

/** Field 22 of proc(5)'s stat. Field 2, the name, may hold spaces and brackets: counted from its end. */
function startOf(pid: number): string | null {
  return told(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not asked yet.
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : (fields[19] ?? '');
  });
}
