/** Serves files to a page on loopback, compressed where a compressed copy is there, and counts the bytes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedFile {
  readonly bytes: Uint8Array;
  /** With Brotli. */
  readonly compressed?: Uint8Array;
}

/** By their paths from the root. */
export type Files = ReadonlyMap<string, ServedFile>;

export interface Server {
  /** As http://127.0.0.1:40123, without a slash. */
  readonly url: string;
  /** Bytes of the contents sent since the last call. */
  sent(): number;
  close(): void;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  json: 'application/json',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};

export async function startServer(files: Files): Promise<Server> {
  let sent = 0;
  const server = createServer(({ url = '/' }, response) => {
    const path = new URL(url, 'http://127.0.0.1').pathname;
    const file = files.get(path);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { bytes, compressed } = file;
    const content = compressed ?? bytes;
    sent += content.length;
    response
      .writeHead(200, {
        'content-type': TYPES[path.split('.').at(-1)!] ?? 'application/octet-stream',
        'content-length': content.length,
        ...(compressed === undefined ? {} : { 'content-encoding': 'br' }),
      })
      .end(content);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent() {
      const bytes = sent;
      sent = 0;
      return bytes;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
