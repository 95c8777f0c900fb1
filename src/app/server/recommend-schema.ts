import { ID_LENGTH_MAX } from '../../data/interactions/id-length.ts';
import { z } from 'zod';

/** Bounds of one request; stated in the OpenAPI document, each broken one answered with a 4xx. */
export const requestLimits = {
  idLengthMax: ID_LENGTH_MAX,
  historyLengthMax: 10_000,
  excludeLengthMax: 10_000,
  kMax: 1000,
} as const;

const id = z.string().min(1).max(requestLimits.idLengthMax);

const historyEntry = z.union([
  id,
  z.strictObject({
    itemId: id,
    timeMs: z.int().min(0).optional().meta({ description: 'When it happened, milliseconds since the epoch.' }),
  }),
]);

/** Body of `POST /v1/recommend`; exactly one of `userId` and `history` has to be there. */
export const recommendRequestSchema = z
  .strictObject({
    userId: id.optional().meta({ description: 'A user the model was trained with; exclusive with `history`.' }),
    history: z
      .array(historyEntry)
      .max(requestLimits.historyLengthMax)
      .optional()
      .meta({ description: 'Item ids, oldest first, with times where known; exclusive with `userId`.' }),
    k: z.int().min(1).max(requestLimits.kMax).default(10).meta({ description: 'How many items, at most.' }),
    exclude: z.array(id).max(requestLimits.excludeLengthMax).default([]).meta({ description: 'Item ids to leave out of the answer.' }),
    excludeSeen: z.boolean().default(true).meta({ description: "Whether the history's own items are left out." }),
  })
  .meta({
    examples: [
      { userId: '42', k: 5 },
      { history: ['1193', '661', { itemId: '914' }], exclude: ['3408'] },
    ],
  });

/** Answer of `POST /v1/recommend`. */
export const recommendResponseSchema = z.strictObject({
  requestId: z.string(),
  items: z.array(
    z.strictObject({
      itemId: z.string(),
      score: z.number().meta({ description: 'Higher is better; comparable only within one answer.' }),
      title: z.string().optional(),
    }),
  ),
  source: z.enum(['model', 'popularity']).meta({ description: 'What scored the items.' }),
  reason: z
    .enum(['unknown-user', 'empty-history', 'unknown-items'])
    .optional()
    .meta({ description: 'Why the source is not the model: the user, the history or every item of it is not known.' }),
  model: z.strictObject({ name: z.string(), revision: z.string() }),
  k: z.int().meta({ description: 'How many items were asked for.' }),
  shortBy: z.int().meta({ description: 'How many fewer there are, because no more were left to recommend.' }),
  historyLength: z.int().meta({ description: 'Known items in the history.' }),
  unknownItemCount: z.int().meta({ description: 'Items of `history` that the model does not know; they were skipped.' }),
  unknownExcludeCount: z.int().meta({ description: 'Ids of `exclude` that the model does not know.' }),
});

/** Body of every 4xx and 5xx answer; further keys of `error` tell limits and the like. */
export const errorResponseSchema = z.strictObject({
  error: z.looseObject({
    code: z.string().meta({ description: 'Stable and machine-readable, for example `FIELD_UNKNOWN`.' }),
    message: z.string(),
    requestId: z.string().optional(),
    field: z.string().optional().meta({ description: 'The field at fault, for example `history[3].timeMs`.' }),
  }),
});

/** A checked request, defaults filled in. */
export type RecommendRequest = z.output<typeof recommendRequestSchema>;

/** The answer, less the id of the request. */
export type Recommendation = Omit<z.output<typeof recommendResponseSchema>, 'requestId'>;

/** The JSON Schema that Fastify compiles: draft 7, of what comes in for requests, of what goes out for answers. */
export function toWireSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...wireSchema } = z.toJSONSchema(schema, { io, target: 'draft-7' });
  return wireSchema;
}
