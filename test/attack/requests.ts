/** Requests made from the service's own OpenAPI document, valid and not, and the answers held against it. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { random } from '../reference/random.ts';
import { ask } from './ask.ts';

interface Schema {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
}
interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content: Record<string, { schema: Schema }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

export interface Tally {
  requests: number;
  /** Answers by status. */
  statuses: Record<string, number>;
  /** What was against the document. */
  complaints: string[];
}

/** Sends `count` requests, so many at a time. */
export async function fromDocument(url: string, model: string, count: number, seed: number): Promise<Tally> {
  const document = (await (await ask(`${url}/openapi.json`)).json()) as Document;
  const facts = (await (await ask(`${url}/v1/models/${model}`)).json()) as {
    image: { height: number; width: number };
    codeUnits: number;
  };
  const pixels = facts.image.height * facts.image.width;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'document', ...document });
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const draw = random(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(draw() * from.length)]!;
  const odd = (): unknown =>
    pick<unknown>([
      null,
      '',
      'x',
      -1,
      0,
      1.5,
      1e39,
      -1e30,
      true,
      [],
      {},
      [[]],
      '\u0000',
      'a'.repeat(300),
      [1, 2],
    ]);
  const value = (schema: Schema): unknown => {
    if (draw() < 0.15) return odd();
    if (schema.enum !== undefined) return pick(schema.enum);
    if (schema.anyOf !== undefined) return value(pick(schema.anyOf));
    if (schema.type === 'array')
      return Array.from({ length: 1 + Math.floor(3 * draw()) }, () => value(schema.items ?? {}));
    if (schema.type === 'integer' || schema.type === 'number') {
      const [low, high] = [schema.minimum ?? 0, Math.min(schema.maximum ?? 20, 20)];
      const number = low + draw() * Math.max(0, high - low);
      return schema.type === 'integer' ? Math.round(number) : number;
    }
    return draw();
  };
  const tally: Tally = { requests: 0, statuses: {}, complaints: [] };

  const one = async () => {
    const { path, method, operation } = pick(operations);
    const query = new URLSearchParams();
    for (const { name, in: place, schema } of operation.parameters ?? []) {
      if (place === 'query' && draw() < 0.3) query.append(name, String(value(schema)));
    }
    const target = `${url}${path.replace('{name}', draw() < 0.97 ? model : 'other')}?${query}`;
    const init: RequestInit & { headers: Record<string, string> } = {
      method: method.toUpperCase(),
      headers: {
        accept: pick(['*/*', 'application/json', 'image/png']),
      },
    };
    if (operation.requestBody !== undefined) {
      const type = pick(Object.keys(operation.requestBody.content));
      const body: Record<string, unknown> = {};
      for (const [name, schema] of Object.entries(
        operation.requestBody.content['application/json']!.schema.properties ?? {},
      )) {
        if (name === 'images') body[name] = draw() < 0.9 ? Array(pixels).fill(draw()) : odd();
        else if (name === 'codes') body[name] = draw() < 0.9 ? Array(facts.codeUnits).fill(draw()) : odd();
        else if (draw() < 0.2) body[name] = value(schema);
      }
      init.headers['content-type'] = type;
      init.body = JSON.stringify(body);
    }
    const response = await ask(target, init);
    const text = await response.text();
    tally.requests++;
    tally.statuses[response.status] = (tally.statuses[response.status] ?? 0) + 1;
    const complain = (what: string) =>
      tally.complaints.push(
        `${init.method} ${target} ${String(init.body).slice(0, 200)}: ${response.status}, ${what}`,
      );
    if (response.status === 500) return complain(text);
    const described = operation.responses[response.status];
    if (described === undefined) return complain('an undocumented status');
    const type = (response.headers.get('content-type') ?? '').split(';')[0]!;
    if (!Object.hasOwn(described.content, type)) return complain(`an undocumented type ${type}`);
    if (type.endsWith('json')) {
      const place = [path, method, 'responses', String(response.status), 'content', type, 'schema'];
      const pointer = place
        .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
        .join('/');
      const check = ajv.getSchema(`document#/paths/${pointer}`);
      if (check === undefined) return complain('no schema');
      if (check(JSON.parse(text)) !== true) return complain(ajv.errorsText(check.errors));
    }
  };
  let sent = 0;
  const keepAsking = async () => {
    while (sent++ < count) await one();
  };
  await Promise.all(Array.from({ length: 16 }, keepAsking));
  return tally;
}
