/** What lies at an address: fetched, or read from the disk on Node, Bun and Deno, where `fetch` does not read all files. */

/** The part of Node's process that is used here. Bundlers for pages see no import of a module of Node. */
interface Server {
  readonly versions: { readonly node?: string };
  getBuiltinModule?(name: 'node:fs/promises'): typeof import('node:fs/promises');
  getBuiltinModule?(name: 'node:url'): typeof import('node:url');
}

/** Node's process where this is Node, Bun or Deno; undefined in a page or a worker of one. */
function server(): Server | undefined {
  const { process } = globalThis as { process?: Partial<Server> };
  return process?.versions?.node === undefined ? undefined : (process as Server);
}

/** Whether this is Node, Bun or Deno, not a page or a worker of one. */
export const isServer = (): boolean => server() !== undefined;

/** An address as a caller writes it: relative to the page; on a server, a path or a whole address. */
export function addressOf(text: string): URL {
  const url = server()?.getBuiltinModule?.('node:url');
  if (url === undefined) return new URL(text, location.href);
  // A Windows drive is one letter.
  return /^[a-z][a-z\d+.-]+:/i.test(text) ? new URL(text) : url.pathToFileURL(text);
}

/**
 * As `fetch`: a file that is not there has the status 404.
 * @throws Error if it cannot be reached or read.
 */
export async function fetchAddress(address: URL): Promise<Response> {
  const files = address.protocol === 'file:' ? server()?.getBuiltinModule?.('node:fs/promises') : undefined;
  if (files === undefined) return fetch(address);
  try {
    // Reading a pipe would wait for its writer.
    if (!(await files.stat(address)).isFile()) throw new Error('it is not a file');
    return new Response((await files.readFile(address)) as Uint8Array<ArrayBuffer>);
  } catch (error) {
    const missing = ['ENOENT', 'ENOTDIR'].includes(String((error as { code?: unknown }).code));
    if (missing) return new Response(null, { status: 404 });
    throw error;
  }
}
