import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { eventJsonSchema } from '../../data/events/event-schema.ts';
import { eventLimits } from './events-schema.ts';

/**
 * `GET /openapi.json`: OpenAPI 3.1, made from the schemas that the routes check with, so that it cannot say anything
 * else. Routes registered after this call are in it.
 */
export async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Nisus',
        description: 'Recommendations from a sequence model, and the events that it learns from.',
        version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: [
        { name: 'recommendation', description: 'What to show.' },
        { name: 'events', description: 'What happened.' },
        { name: 'operations', description: 'For orchestrators and monitors.' },
      ],
    },
    transform: ({ schema, url }) => ({ schema: documentAs[url]?.(schema) ?? schema, url }),
  });
  let text: string | undefined;
  app.get('/openapi.json', {
    schema: { hide: true },
    async handler(_, reply) {
      text ??= JSON.stringify(app.swagger());
      return reply.header('content-type', 'application/json; charset=utf-8').send(text);
    },
  });
}

const documentAs: Readonly<Record<string, <Schema extends object>(schema: Schema) => Schema>> = {
  '/v1/recommend': withOneSubject,
  '/v1/events': withEvents,
};

/** Adds to the document what an event looks like and how many there may be; the server looks at each by itself. */
function withEvents<Schema extends object>(schema: Schema): Schema {
  if (!('body' in schema) || typeof schema.body !== 'object') return schema;
  const { $schema: _, ...items } = eventJsonSchema();
  const events = {
    type: 'array',
    items,
    maxItems: eventLimits.eventsMax,
    description: 'What happened, in any order; each is answered by itself.',
  };
  return { ...schema, body: { ...schema.body, properties: { events } } };
}

/**
 * Adds to the document that exactly one of `userId` and `history` is required. The server checks that itself: the
 * validator's words for a failed `oneOf` would tell a client nothing.
 */
function withOneSubject<Schema extends object>(schema: Schema): Schema {
  if (!('body' in schema) || typeof schema.body !== 'object') return schema;
  return { ...schema, body: { ...schema.body, oneOf: [{ required: ['userId'] }, { required: ['history'] }] } };
}
