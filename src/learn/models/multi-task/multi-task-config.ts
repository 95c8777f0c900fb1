import { z } from 'zod';

const widths = z.array(z.int().min(1).max(8192)).max(16);
const someWidths = z.array(z.int().min(1).max(8192)).min(1).max(16);

const shapes = {
  singleTask: { kind: z.literal('single-task'), hidden: widths },
  sharedBottom: { kind: z.literal('shared-bottom'), hidden: widths },
  mmoe: { kind: z.literal('mmoe'), experts: z.int().min(1).max(256), expertHidden: someWidths },
  ple: {
    kind: z.literal('ple'),
    /** Extraction levels, lowest first; one is CGC. */
    levels: z
      .array(z.strictObject({ expertHidden: someWidths }))
      .min(1)
      .max(8),
    /** A task and level. */
    taskExperts: z.int().min(0).max(256),
    /** A level. */
    sharedExperts: z.int().min(1).max(256),
  },
};

/** What stands between the encoder and the towers. */
export const trunkConfigSchema = z.discriminatedUnion('kind', [
  z.strictObject(shapes.singleTask),
  z.strictObject(shapes.sharedBottom),
  z.strictObject(shapes.mmoe),
  z.strictObject(shapes.ple),
]);

/** See {@link trunkConfigSchema}. */
export type TrunkConfig = z.infer<typeof trunkConfigSchema>;

const common = {
  /** Widths of the hidden layers of each task's tower; all towers are alike. */
  tower: widths.default([]),
  /** Of every hidden layer. */
  dropout: z.number().min(0).lt(1).default(0),
};

/** Architecture and sizes of a multi-task model, as it stands in a checkpoint. */
export const multiTaskConfigSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...shapes.singleTask, ...common }),
  z.strictObject({ ...shapes.sharedBottom, ...common }),
  z.strictObject({ ...shapes.mmoe, ...common }),
  z.strictObject({ ...shapes.ple, ...common }),
  z.strictObject({
    /** Of two tasks: a first outcome, and that a second follows it. */
    kind: z.literal('esmm'),
    /** What the two towers read. `shared-bottom` without hidden layers is the paper's: one embedding, two networks. */
    trunk: trunkConfigSchema,
    ...common,
  }),
]);

/** See {@link multiTaskConfigSchema}. */
export type MultiTaskConfig = z.infer<typeof multiTaskConfigSchema>;

/** The name in reports. */
export function multiTaskName(config: MultiTaskConfig): string {
  return { 'single-task': 'single task', 'shared-bottom': 'shared bottom', mmoe: 'MMoE', ple: 'PLE', esmm: 'ESMM' }[config.kind];
}
