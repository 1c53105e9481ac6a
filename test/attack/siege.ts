/** Many connections that do their worst at the same time, again and again: readers that never read, slow and huge bodies, bombs. */
import { connect, type Socket } from 'node:net';
import { BODIES, blackPng, form } from './bodies.ts';
import { heavyRequests } from './heavy.ts';

interface Besieger {
  socket: Socket;
  /** Settles when the connection is closed, from either side. */
  closed: Promise<void>;
}

type Pieces = readonly (string | Buffer)[];

/** Opens a connection and writes to it; what the service answers is read, or left. */
function besiege(port: number, pieces: Pieces, reads: boolean): Besieger {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  if (reads) socket.resume();
  else socket.pause();
  for (const piece of pieces) socket.write(piece);
  return { socket, closed };
}

const head = (path: string, type: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;

export interface Besieged {
  url: string;
  /** A model of small images. */
  small: string;
  /** A model of large images, and their side. */
  large: string;
  side: number;
}

/**
 * Besieges models with `count` connections, each opened again when it is closed, until `end` is aborted.
 * @returns how many connections were opened.
 */
export async function siege(
  { url, small, large, side }: Besieged,
  count: number,
  end: AbortSignal,
): Promise<number> {
  const port = Number(new URL(url).port);
  const path = (verb: string) => `/v1/models/${small}/${verb}`;
  const posted = ({ type, body }: { type: string; body: Buffer }) => [
    head(path('encode'), type, body.length),
    body,
  ];
  const get = (query: string) => [`GET ${path(`sample?${query}`)} HTTP/1.1\r\nHost: localhost\r\n\r\n`];
  const bomb = posted(BODIES['256 pictures of 1 × 25,000,000']!());
  const keys = posted(BODIES['a million keys']!());
  const megapixels = posted(form(Array(4).fill(blackPng(5000, 5000))));
  // Its body never ends: the rest of it does not come.
  const slow = [
    head(path('encode'), 'multipart/form-data; boundary=edge', 16 * 2 ** 20),
    Buffer.alloc(2 ** 20),
  ];
  const ofLarge = heavyRequests(side)
    .filter(({ isPictures }) => !isPictures)
    .map(({ path: verb, make }): Pieces => {
      const target = `/v1/models/${large}/${verb}`;
      if (make === undefined) return [`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`];
      const { type, body } = make();
      return [head(target, type, body.length), body];
    });
  const kinds: readonly [pieces: Pieces, reads: boolean][] = [
    [get('count=1024'), false],
    [get('count=1024&encoding=base64'), false],
    [get('count=1024&format=png&scale=8'), false],
    [slow, false],
    [bomb, true],
    [megapixels, true],
    [keys, true],
    [megapixels, false],
    ...ofLarge.map((pieces, i): [Pieces, boolean] => [pieces, i % 2 === 0]),
  ];
  let opened = 0;
  const open = new Set<Socket>();
  end.addEventListener('abort', () => {
    for (const socket of open) socket.destroy();
  });
  await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const [pieces, reads] = kinds[i % kinds.length]!;
      while (!end.aborted) {
        const { socket, closed } = besiege(port, pieces, reads);
        opened++;
        open.add(socket);
        await closed;
        open.delete(socket);
        // A refused connection is not tried again at once.
        if (!end.aborted) await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }),
  );
  return opened;
}
