import { z } from 'zod';
import { searchCategories } from '../../actions/search-keys.ts';
import { multiTaskConfigSchema } from '../multi-task/multi-task-config.ts';

const size = (most: number) => z.int().min(1).max(most);
const rate = z.number().min(0).lt(1);

const attention = {
  /** Actions of a history that are read; a page reads at least half as many of the latest. */
  maxLength: z.int().min(2).max(10_000),
  blocks: size(64),
  heads: size(64),
  dropout: rate.default(0),
};

const activation = {
  /** Widths of the hidden layers of the activation unit. */
  activationHidden: z.array(size(4096)).min(1).max(8).default([36]),
  /** Weights of actions as they are, as in the paper, or such that they sum to 1. */
  pooling: z.enum(['sum', 'softmax']).default('sum'),
};

/** How SIM searches a whole history: what is compared, how many actions a candidate gets, how far back it looks. */
const search = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('hard'),
    categories: z.array(z.enum(searchCategories)).min(1),
    found: size(1024),
    reach: size(1_000_000).default(10_000),
  }),
  z.strictObject({
    kind: z.literal('soft'),
    found: size(1024),
    reach: size(1_000_000).default(10_000),
    searchDimension: size(4096),
    /** Of the auxiliary model that the search is trained by. */
    auxiliaryHidden: z.array(size(4096)).max(8).default([]),
    /** Task that the auxiliary model foretells. */
    auxiliaryTask: z.string().min(1).default('click'),
    /** Of its loss beside the task's own. */
    auxiliaryWeight: z.number().positive().default(1),
  }),
]);

/** See {@link candidateEncoderSchema}. */
export type SimSearchConfig = z.infer<typeof search>;

/** Encoders that make states of a history, which candidates, or any moment, then read. */
export const historyEncoderSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('hstu'), ...attention, queryDimension: size(4096), valueDimension: size(4096) }),
  z.strictObject({ kind: z.literal('transformer'), ...attention, feedForward: size(16_384) }),
  z.strictObject({ kind: z.literal('sasrec'), ...attention }),
]);

/** What reads the history in the light of a candidate: the encoders of histories, and target attention. */
export const candidateEncoderSchema = z.discriminatedUnion('kind', [
  ...historyEncoderSchema.options,
  z.strictObject({ kind: z.literal('din'), maxLength: attention.maxLength, dropout: attention.dropout, ...activation }),
  z.strictObject({
    kind: z.literal('sim'),
    /** Of the window of latest actions, which a DIN reads. */
    maxLength: attention.maxLength,
    ...activation,
    search,
    heads: size(64),
    headDimension: size(4096),
    /** Width of the embedding of the time from an action to the page. */
    timeDimension: size(4096),
    dropout: attention.dropout,
  }),
]);

/** See {@link candidateEncoderSchema}. */
export type CandidateEncoderConfig = z.infer<typeof candidateEncoderSchema>;

/** Architecture and sizes of a ranking model, as it stands in a checkpoint. */
export const rankerConfigSchema = z.strictObject({
  dimension: size(4096),
  encoder: candidateEncoderSchema,
  /** Candidates of a page look at each other; null for none. */
  listStage: z
    .strictObject({ blocks: size(16), heads: size(64), dropout: rate.default(0) })
    .nullable()
    .default(null),
  /** What stands on top, a logit a task. */
  tasks: multiTaskConfigSchema,
  content: z
    .strictObject({
      /** Rows for ids of subjects; of a larger catalog, several share one. */
      idBuckets: size(10_000_000).default(100_000),
      authorBuckets: size(10_000_000).default(20_000),
      topicBuckets: size(10_000_000).default(8_192),
      gramBuckets: size(10_000_000).default(16_384),
      gramsMax: size(512).default(24),
      gramDimension: size(4096).default(32),
    })
    .prefault({}),
  /** Of the elements of tokens. */
  embeddingDropout: rate.default(0),
  /** Share of subjects whose id is hidden in a training step, so that content speaks for new ones. */
  idDropout: rate.default(0.1),
});

/** See {@link rankerConfigSchema}. */
export type RankerConfig = z.infer<typeof rankerConfigSchema>;

/** The name in reports, `HSTU, PLE`. */
export function encoderName({ kind }: CandidateEncoderConfig): string {
  return { hstu: 'HSTU', transformer: 'Transformer', sasrec: 'SASRec', din: 'DIN', sim: 'SIM' }[kind];
}
