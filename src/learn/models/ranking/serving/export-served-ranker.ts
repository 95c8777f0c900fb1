import { join } from 'node:path';
import { writeFileAtomically } from '../../../../base/atomic-file.ts';
import { NisusError } from '../../../../base/error.ts';
import { makeFolders } from '../../../../base/make-folders.ts';
import type { ActionVocabulary, SubjectTable } from '../../../actions/action-sequences.ts';
import type { FittedActions } from '../../../actions/fit-actions.ts';
import { subjectIdRows, type SubjectFeatures } from '../../../actions/subject-features.ts';
import { emitOnnx, irVersion, opsetVersion } from '../../../tensor/onnx/emit.ts';
import { multiTaskName } from '../../multi-task/multi-task-config.ts';
import { encoderName, type RankerConfig } from '../ranker-config.ts';
import type { RankingVocabulary } from '../ranking-states.ts';
import { fingerprint, type KnownIds, type RankerManifest } from './ranker-manifest.ts';
import { servedParts, servingGraphs } from './serving-graphs.ts';

/** All that serving needs of a trained ranker. */
export interface ServedRankerSource {
  readonly config: RankerConfig;
  readonly vocabulary: RankingVocabulary;
  /** The names behind the codes. */
  readonly names: Pick<ActionVocabulary, 'actions' | 'domains' | 'surfaces' | 'kinds'>;
  readonly tasks: readonly string[];
  /** Values by parameter name, as training laid them out. */
  readonly parameterValue: (name: string) => Float32Array | null;
  readonly fitted: FittedActions;
  /** See {@link knownIdsOf}. */
  readonly known: KnownIds;
  /** Further entries of the manifest: data fingerprint, git revision, metrics. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Thrown when a ranker cannot be exported: a parameter has no value, or the form is not served. */
export class RankerExportError extends NisusError {
  constructor(problem: string) {
    super('RANKER_EXPORT', `the ranker cannot be exported: ${problem}`);
  }
}

/**
 * Writes a ranker for serving: graphs of standard operators that any ONNX runtime opens (`subject-vectors.onnx`,
 * `query-vectors.onnx`, `encode-history.onnx` of encoders that keep histories, `score-candidates.onnx`; in a folder a task
 * where tasks share nothing), `known-ids.json` and, last, `manifest.json`. See `openServedRanker`.
 *
 * @throws {RankerExportError}
 */
export async function exportServedRanker(folder: string, source: ServedRankerSource): Promise<void> {
  const { config, vocabulary, tasks } = source;
  if (config.tasks.kind === 'esmm' && config.tasks.trunk.kind === 'single-task')
    throw new RankerExportError('ESMM over a trunk that shares nothing has no served form; train it over shared-bottom, MMoE or PLE');
  const parameterValue = (name: string) => {
    const value = source.parameterValue(name);
    if (value === null) throw new RankerExportError(`parameter "${name}" has no value; give all parameters of the trained model`);
    return value;
  };
  const parts = servedParts(config, tasks);
  const files = new Map<string, Uint8Array | string>([['known-ids.json', JSON.stringify(source.known)]]);
  for (const part of parts) {
    const graphs = servingGraphs(config, vocabulary, part);
    for (const [name, outputs] of Object.entries(graphs))
      files.set(join(part.layer, `${name}.onnx`), emitOnnx(outputs, { dialect: 'standard', parameterValue }).bytes);
  }
  const manifest: RankerManifest = {
    ...source.facts,
    format: 'nisus-served-ranker',
    formatVersion: 1,
    name: `${encoderName(config.encoder)}, ${multiTaskName(config.tasks)}`,
    model: config,
    vocabulary: { ...vocabulary, domainOfAction: [...vocabulary.domainOfAction] },
    names: {
      actions: [...source.names.actions],
      domains: [...source.names.domains],
      surfaces: [...source.names.surfaces],
      kinds: [...source.names.kinds],
    },
    tasks: [...tasks],
    fitted: source.fitted,
    parts: parts.map(({ layer, tasks: own }) => ({ layer, tasks: [...own] })),
    files: Object.fromEntries([...files].map(([name, content]) => [name, fingerprint(content)])),
    opset: opsetVersion,
    irVersion,
  };
  await makeFolders(folder);
  for (const { layer } of parts) await makeFolders(join(folder, layer));
  for (const [name, content] of files) await writeFileAtomically(join(folder, name), [content]);
  await writeFileAtomically(join(folder, 'manifest.json'), [`${JSON.stringify(manifest, null, 2)}\n`]);
}

/** The rows that training gave to subjects and authors which it knew, by key. */
export function knownIdsOf(
  table: Pick<SubjectTable, 'keys' | 'authors' | 'authorIds'>,
  features: Pick<SubjectFeatures, 'ids' | 'authors'>,
): KnownIds {
  const subjects: KnownIds['subjects'] = { keys: [], rows: [] };
  const authors = new Map<string, number>();
  table.keys.forEach((key, at) => {
    const row = features.ids[at]!;
    if (row >= subjectIdRows.first) {
      subjects.keys.push(key);
      subjects.rows.push(row);
    }
    const author = features.authors[at]!;
    if (author >= subjectIdRows.first) authors.set(table.authorIds[table.authors[at]!]!, author);
  });
  return { subjects, authors: { keys: [...authors.keys()], rows: [...authors.values()] } };
}
