/** Problem responses, for the OpenAPI document. */
import { z } from '@hono/zod-openapi';
import { PROBLEM_TYPE, type ProblemStatus, TITLES } from '../problem.ts';

const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'about:blank' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional().openapi({ description: 'what the log calls this occurrence' }),
  })
  .openapi('Problem', { description: 'An error, by RFC 9457.' });

const content = { [PROBLEM_TYPE]: { schema: problemSchema } };

export const PROBLEMS = {
  of: (...statuses: ProblemStatus[]) =>
    Object.fromEntries(statuses.map((status) => [status, { description: TITLES[status], content }])),
};
