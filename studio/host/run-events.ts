/**
 * The messages of runs as server-sent events. A browser has six connections to a server for all of its windows: each run that a
 * window follows takes one, however many parts of the page follow it, and a hidden window takes none.
 */
import type { RunMessage, RunState } from '../../src/studio/protocol.ts';
import { RunLog } from '../../src/studio/run-log.ts';
import { fromText } from '../../src/studio/wire.ts';

/** States after which a run is over, until it is resumed. */
const ENDED: ReadonlySet<RunState> = new Set(['finished', 'stopped', 'failed']);

export interface Source {
  readonly address: URL;
  onOpen(): void;
  /** The server does not answer; the browser asks again by itself. */
  onLost(): void;
  /** The server refuses. @returns why. */
  reason(): Promise<string>;
  /** The process of a run that has ended took its pictures with it: they are made from its files. */
  lastPictures(): Promise<RunMessage>;
}

const followed = new Map<string, Connection>();

/** Calls `listen` with what is known and all that happens. @returns what ends it. */
export function followRun(id: string, source: Source, listen: (message: RunMessage) => void): () => void {
  const connection = followed.get(id) ?? new Connection(source, () => followed.delete(id));
  followed.set(id, connection);
  return connection.follow(listen);
}

class Connection {
  private readonly log = new RunLog();
  private readonly end = new AbortController();
  private readonly given: Source;
  /** Takes it off the list: who comes later gets a new one. */
  private readonly onEnd: () => void;
  private source: EventSource | null = null;
  private followers = 0;
  private hasPictures = false;

  constructor(given: Source, onEnd: () => void) {
    this.given = given;
    this.onEnd = onEnd;
    const { signal } = this.end;
    document.addEventListener('visibilitychange', () => this.connect(), { signal });
    this.connect();
  }

  follow(listen: (message: RunMessage) => void): () => void {
    this.followers++;
    const end = this.log.follow(listen);
    return () => {
      end();
      this.followers--;
      if (this.followers === 0) this.close();
    };
  }

  private connect(): void {
    if (document.visibilityState === 'hidden') {
      this.source?.close();
      this.source = null;
      return;
    }
    if (this.source !== null) return;
    const source = new EventSource(this.given.address);
    this.source = source;
    source.onmessage = ({ data }) => {
      this.given.onOpen();
      const message = fromText<RunMessage>(data);
      this.hasPictures ||= message.type === 'snapshot';
      this.log.post(message);
      if (message.type !== 'state' || !ENDED.has(message.state)) return;
      // Nothing more comes.
      this.close();
      if (!this.hasPictures) void this.given.lastPictures().then((pictures) => this.log.post(pictures));
    };
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return this.given.onLost();
      void this.given.reason().then((message) => {
        this.log.post({ type: 'failed', message });
        this.close();
      });
    };
  }

  private close(): void {
    // A newer connection may be on the list by now.
    if (this.end.signal.aborted) return;
    this.source?.close();
    this.end.abort();
    this.onEnd();
  }
}
