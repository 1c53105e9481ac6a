/** Chooses the media type that a client wants. */
import { parseAccept } from 'hono/utils/accept';
import { Problem } from '../problem.ts';

/**
 * The best of the offered types by the Accept header; the first if there is no such header.
 * @throws Problem 406 if the client accepts none of them.
 */
export function negotiated<T extends string>(accept: string | null, offered: readonly [T, ...T[]]): T {
  if (accept === null || accept.trim() === '') return offered[0];
  const wanted = parseAccept(accept.slice(0, 1000));
  /** The quality of an offer, by the most specific range that covers it. */
  const quality = (offer: string): number => {
    const main = offer.split('/')[0];
    for (const range of [offer, `${main}/*`, '*/*']) {
      const found = wanted.find(({ type }) => type.toLowerCase() === range);
      if (found !== undefined) return found.q;
    }
    return 0;
  };
  let best: T = offered[0];
  for (const offer of offered) if (quality(offer) > quality(best)) best = offer;
  if (quality(best) === 0)
    throw new Problem(406, `This comes as ${offered.join(' or ')}.`, { vary: 'accept' });
  return best;
}
