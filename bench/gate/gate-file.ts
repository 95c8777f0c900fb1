import { z } from 'zod';
import { GateFileError } from './gate-error.ts';

const condition = z.strictObject({
  /** A name in the figures that the gate's command writes. */
  metric: z.string().min(1),
  operator: z.enum(['>=', '<=', '=']),
  value: z.union([z.number(), z.boolean()]),
  /** Relative change below which a figure counts as the same as last time. @default 0.02 */
  noise: z.number().min(0).optional(),
});

const gate = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'kebab-case'),
  what: z.string().min(1),
  /** Run without a shell, words split at blanks; `node` is the Node.js that runs the gate. */
  command: z.string().min(1),
  bar: z.array(condition).min(1),
  /** Told, never required. */
  stretch: z.array(condition),
  /** How often the command runs; of its numbers the median counts, of its truths all must hold. */
  runs: z.int().min(1),
  timeoutMinutes: z.number().positive(),
});

const gateFile = z
  .strictObject({ gates: z.array(gate).min(1) })
  .refine(({ gates }) => new Set(gates.map(({ id }) => id)).size === gates.length, 'two gates have one id');

const figures = z.record(z.string(), z.union([z.number(), z.boolean()]));

/** What a gate's command writes to the file that `NISUS_GATE_OUTPUT` names. */
const commandOutput = z.object({
  figures,
  /** How the figures were measured: data, split, candidates, lengths, seed, load. */
  protocol: z.string().min(1),
});

/** One requirement on one figure. */
export type Condition = z.infer<typeof condition>;
/** One line of `bench/gates.json`. */
export type Gate = z.infer<typeof gate>;
/** Measured values by name. */
export type Figures = z.infer<typeof figures>;
/** What a gate's command hands over. */
export type CommandOutput = z.infer<typeof commandOutput>;

/**
 * Reads `bench/gates.json`.
 *
 * @throws {@link GateFileError} when it is not JSON or not of its schema, naming the place
 */
export function parseGates(text: string): readonly Gate[] {
  return read(gateFile, text, 'bench/gates.json').gates;
}

/**
 * Reads what a gate's command wrote.
 *
 * @throws {@link GateFileError} when it is not JSON, lacks figures or a protocol, or a figure is not finite
 */
export function parseCommandOutput(text: string): CommandOutput {
  return read(commandOutput, text, 'the file at NISUS_GATE_OUTPUT');
}

function read<Schema extends z.ZodType>(schema: Schema, text: string, name: string): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GateFileError(name, `is not JSON: ${(cause as Error).message}`);
  }
  const result = schema.safeParse(value);
  if (!result.success) throw new GateFileError(name, z.prettifyError(result.error));
  return result.data;
}
