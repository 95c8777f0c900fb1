import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { openSession } from '../../../tensor/session.ts';
import type { TensorValue } from '../../../tensor/tensor-value.ts';
import { readChecked, ServedRankerError, type RankerManifest } from './ranker-manifest.ts';
import { keepsHistory, type ServedPart } from './serving-graphs.ts';

/** A graph that is open: takes of the feeds what it reads, gives all its outputs. */
export type ServingGraph = (feeds: Readonly<Record<string, ort.Tensor>>) => Promise<Readonly<Record<string, Float32Array>>>;

/** The graphs of a part. */
export interface ServingSessions extends ServedPart {
  readonly subjectVectors: ServingGraph;
  readonly queryVectors: ServingGraph;
  /** Null where histories are not kept. */
  readonly encodeHistory: ServingGraph | null;
  readonly scoreCandidates: ServingGraph;
  close(): Promise<void>;
}

/** Opens the graphs of a part. @throws {ServedRankerError} */
export async function openServingSessions(
  folder: string,
  manifest: RankerManifest,
  part: ServedPart,
  options: { readonly threads: number; readonly spin: boolean },
): Promise<ServingSessions> {
  const sessions: ort.InferenceSession[] = [];
  const graph = async (file: string): Promise<ServingGraph> => {
    const name = join(part.layer, `${file}.onnx`);
    const bytes = await readChecked(folder, manifest, name);
    const session = await openSession(bytes, options).catch((cause: unknown) => {
      throw new ServedRankerError(folder, `${name} does not open`, cause);
    });
    sessions.push(session);
    return async (feeds) => {
      const given: Record<string, ort.Tensor> = {};
      for (const input of session.inputNames) given[input] = feeds[input]!;
      const results = await session.run(given);
      return Object.fromEntries(session.outputNames.map((output) => [output, results[output]!.data as Float32Array]));
    };
  };
  return {
    ...part,
    subjectVectors: await graph('subject-vectors'),
    queryVectors: await graph('query-vectors'),
    encodeHistory: keepsHistory(manifest.model.encoder) ? await graph('encode-history') : null,
    scoreCandidates: await graph('score-candidates'),
    close: async () => void (await Promise.all(sessions.map((session) => session.release()))),
  };
}

/** Values as a session takes them; not copied. */
export function sessionTensor({ data, shape }: TensorValue): ort.Tensor {
  return new ort.Tensor(data instanceof Int32Array ? 'int32' : 'float32', data as Float32Array, shape);
}
