import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { NisusError } from '../../base/error.ts';
import { readSafetensors, readSafetensorsHeader, writeSafetensors, type SafetensorsTensor } from '../../base/safetensors.ts';
import { ImpressionsError } from './impressions-error.ts';
import { checkScoredImpressions, PLACES_MAX, type ScoredImpressions, type ScoredTask, type Segmentation } from './scored-impressions.ts';

const FORMAT = 'nisus-scored-impressions';
const VERSION = 1;

/** Where the scored impressions of a run's test part lie, within its folder. */
export const PREDICTIONS_FILE = 'predictions.safetensors';

const name = z.string().min(1);

/** What the file's metadata hold under `impressions`, as JSON. */
const descriptionSchema = z.strictObject({
  source: z.strictObject({
    data: z.strictObject({ name, fingerprint: name }),
    part: z.enum(['validation', 'test']),
    model: z.strictObject({ name, fingerprint: name }),
  }),
  places: z.int().min(1).max(PLACES_MAX),
  tasks: z
    .array(z.strictObject({ name, kind: z.enum(['binary', 'graded']), calibrated: z.boolean() }))
    .min(1)
    .max(1000),
  segmentations: z.array(z.strictObject({ name, names: z.array(name).max(255) })).max(1000),
  /** SHA-256 (hex) of each column's bytes. */
  digests: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});

type Description = z.infer<typeof descriptionSchema>;

/**
 * Writes scored impressions as one safetensors file: a tensor a column, what they mean and a SHA-256 of each column in the metadata.
 * Written whole or not at all; the same impressions give the same bytes. Some 30 + 8 (12 with calibrated scores) bytes a task and place.
 *
 * @throws ImpressionsError `IMPRESSIONS_INVALID`; the file system's own error
 */
export async function writeScoredImpressions(file: string, impressions: ScoredImpressions): Promise<void> {
  checkScoredImpressions(impressions);
  const { source, tasks, segmentations } = impressions;
  const columns = columnsOf(impressions);
  const description: Description = {
    source,
    places: impressions.lists.length,
    tasks: tasks.map((task) => ({ name: task.name, kind: task.kind, calibrated: task.calibrated !== null })),
    segmentations: segmentations.map((segmentation) => ({ name: segmentation.name, names: [...segmentation.names] })),
    digests: Object.fromEntries(Object.entries(columns).map(([column, tensor]) => [column, digestOf(tensor)])),
  };
  await writeSafetensors(file, columns, { format: FORMAT, formatVersion: String(VERSION), impressions: JSON.stringify(description) });
}

/**
 * Reads scored impressions. Header and shapes are checked before a column is read, each column against its digest, the whole as
 * {@link checkScoredImpressions} does. Memory: what is read.
 *
 * @param options.tasks reads only these tasks, in the file's order @default all
 * @throws ImpressionsError `IMPRESSIONS_MISSING`, `IMPRESSIONS_FILE`
 */
export async function readScoredImpressions(
  file: string,
  options: { readonly tasks?: readonly string[] } = {},
): Promise<ScoredImpressions> {
  const description = await readDescription(file);
  const tasks = description.tasks.filter((task) => options.tasks?.includes(task.name) ?? true);
  for (const wanted of options.tasks ?? []) {
    if (tasks.some((task) => task.name === wanted)) continue;
    const has = description.tasks.map((task) => task.name).join(', ');
    throw damaged(file, `it has no task ${JSON.stringify(wanted)} (it has: ${has})`, { task: wanted });
  }
  const asked = { ...description, tasks };
  const { tensors } = await readSafetensors(file, { names: columnNames(asked) }).catch((cause: unknown) => {
    throw asImpressionsError(file, cause);
  });
  for (const [column, tensor] of tensors) {
    if (tensor.shape.length !== 1 || tensor.shape[0] !== description.places || tensor.dtype !== dtypeOf(column)) {
      throw damaged(
        file,
        `column ${column} is ${tensor.dtype} [${tensor.shape.join(', ')}], expected ${dtypeOf(column)} [${description.places}]`,
      );
    }
    if (digestOf(tensor) !== description.digests[column]) {
      throw damaged(file, `column ${column} is not what was written (its SHA-256 differs): copy or write the file again`, { column });
    }
  }
  const impressions = assemble(asked, (column) => tensors.get(column)!.data);
  try {
    checkScoredImpressions(impressions);
  } catch (cause) {
    throw damaged(file, cause instanceof Error ? cause.message : String(cause), {}, cause);
  }
  return impressions;
}

async function readDescription(file: string): Promise<Description> {
  const { metadata } = await readSafetensorsHeader(file).catch((cause: unknown) => {
    throw asImpressionsError(file, cause);
  });
  if (metadata['format'] !== FORMAT)
    throw damaged(file, `it is a safetensors file of format ${metadata['format'] ?? 'unknown'}, not ${FORMAT}`);
  if (metadata['formatVersion'] !== String(VERSION)) {
    throw damaged(
      file,
      `it has format version ${metadata['formatVersion'] ?? 'none'}, this version of Nisus reads ${VERSION}: score the impressions again`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(metadata['impressions'] ?? '');
  } catch (cause) {
    throw damaged(file, 'its description is not JSON', {}, cause);
  }
  const parsed = descriptionSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw damaged(file, `its description is damaged: ${z.prettifyError(parsed.error)}`, {}, parsed.error);
}

function columnsOf({
  lists,
  users,
  subjects,
  positions,
  timesMs,
  tasks,
  segmentations,
}: ScoredImpressions): Record<string, SafetensorsTensor> {
  const shape = [lists.length];
  const columns: Record<string, SafetensorsTensor> = {
    lists: { dtype: 'I32', shape, data: lists },
    users: { dtype: 'I32', shape, data: users },
    subjects: { dtype: 'I32', shape, data: subjects },
    positions: { dtype: 'I32', shape, data: positions },
    timesMs: { dtype: 'F64', shape, data: timesMs },
  };
  for (const { name: task, labels, scores, calibrated } of tasks) {
    columns[`labels/${task}`] = { dtype: 'F32', shape, data: labels };
    columns[`scores/${task}`] = { dtype: 'F32', shape, data: scores };
    if (calibrated !== null) columns[`calibrated/${task}`] = { dtype: 'F32', shape, data: calibrated };
  }
  for (const { name: segmentation, codes } of segmentations) columns[`segments/${segmentation}`] = { dtype: 'U8', shape, data: codes };
  return columns;
}

/** The columns that a description promises, as {@link columnsOf} names them. */
function columnNames({ tasks, segmentations }: Pick<Description, 'tasks' | 'segmentations'>): string[] {
  return [
    ...['lists', 'users', 'subjects', 'positions', 'timesMs'],
    ...tasks.flatMap((task) => [`labels/${task.name}`, `scores/${task.name}`, ...(task.calibrated ? [`calibrated/${task.name}`] : [])]),
    ...segmentations.map((segmentation) => `segments/${segmentation.name}`),
  ];
}

function dtypeOf(column: string): SafetensorsTensor['dtype'] {
  if (!column.includes('/')) return column === 'timesMs' ? 'F64' : 'I32';
  return column.startsWith('segments/') ? 'U8' : 'F32';
}

function assemble(description: Description, column: (name: string) => SafetensorsTensor['data']): ScoredImpressions {
  const integers = (of: string) => column(of) as Int32Array;
  const floats = (of: string) => column(of) as Float32Array;
  return {
    source: description.source,
    lists: integers('lists'),
    users: integers('users'),
    subjects: integers('subjects'),
    positions: integers('positions'),
    timesMs: column('timesMs') as Float64Array,
    tasks: description.tasks.map(({ name: task, kind, calibrated }): ScoredTask => ({
      name: task,
      kind,
      labels: floats(`labels/${task}`),
      scores: floats(`scores/${task}`),
      calibrated: calibrated ? floats(`calibrated/${task}`) : null,
    })),
    segmentations: description.segmentations.map(({ name: segmentation, names }): Segmentation => ({
      name: segmentation,
      names,
      codes: column(`segments/${segmentation}`) as Uint8Array,
    })),
  };
}

function digestOf({ data }: SafetensorsTensor): string {
  return createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');
}

function asImpressionsError(file: string, cause: unknown): unknown {
  if (!(cause instanceof NisusError)) return cause;
  if (cause.code === 'SAFETENSORS_UNREADABLE') {
    return new ImpressionsError('IMPRESSIONS_MISSING', `There are no scored impressions in ${file}: ${cause.message}`, { file }, cause);
  }
  return damaged(file, cause.message, {}, cause);
}

function damaged(file: string, problem: string, fields: Record<string, unknown> = {}, cause?: unknown): ImpressionsError {
  return new ImpressionsError('IMPRESSIONS_FILE', `${path.basename(file)} cannot be used: ${problem}.`, { file, ...fields }, cause);
}
