/** Problem responses, for the OpenAPI document. */
import { z } from '@hono/zod-openapi';
import { PROBLEM_TYPE, type ProblemStatus, TITLES } from '../problem.ts';

const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'about:blank' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional().openapi({ description: 'the identifier of this occurrence in the log' }),
  })
  .openapi('Problem', { description: 'An error, as defined in RFC 9457.' });

const content = { [PROBLEM_TYPE]: { schema: problemSchema } };

/** What any route may answer: a malformed or refused request, and an internal error. */
const ANYWHERE = [400, 403, 408, 417, 421, 431, 500] as const;

/** The responses of a route by status: those of any route and its own. 401 is for those that a token guards. */
export function problems(...statuses: ProblemStatus[]) {
  const all = [...new Set<ProblemStatus>([...ANYWHERE, ...statuses])].sort((a, b) => a - b);
  return Object.fromEntries(all.map((status) => [status, { description: TITLES[status], content }]));
}
