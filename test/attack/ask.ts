/** A request on a connection of its own: the service may close one that idles just when a client takes it up again. */
export const ask = (url: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
  fetch(url, { ...init, headers: { ...init.headers, connection: 'close' } });
