import { createRandom } from '../../base/random.ts';
import type { ActionSequences, SubjectTable } from './action-sequences.ts';

const DAY_MS = 86_400_000;
const TOPICS = ['bitcoin', 'ether', 'staking', 'taxes', 'options', 'wallets', 'bridges', 'mining'];

/**
 * People who ask for a topic and then click a subject of it: what they click follows from the search, and from nothing
 * that they did in content. A dwell follows every click. The last fifth of the subjects come to be on the eighth of ten days.
 */
export function searchThenClick(options: { readonly seed?: number; readonly users?: number; readonly subjects?: number } = {}) {
  const { seed = 1, users = 120, subjects = 40 } = options;
  const random = createRandom(seed, 'search then click');
  const early = Math.floor(subjects * 0.8);
  const columns = { subjects: [] as number[], actions: [] as number[], timesMs: [] as number[], queries: [] as number[] };
  const offsets = [0];
  for (let user = 0; user < users; user++) {
    const times = Array.from({ length: 8 }, () => random.next() * 10 * DAY_MS).sort((a, b) => a - b);
    for (const timeMs of times) {
      const topic = random.integer(TOPICS.length);
      const known = timeMs < 8 * DAY_MS ? early : subjects;
      const ofTopic = Array.from({ length: known }, (_, subject) => subject).filter((subject) => subject % TOPICS.length === topic);
      const subject = ofTopic[random.integer(ofTopic.length)]!;
      for (const [action, about, after, query] of [
        [2, -1, 0, topic],
        [0, subject, 5000, -1],
        [1, subject, 9000, -1],
      ] as const) {
        columns.actions.push(action);
        columns.subjects.push(about);
        columns.timesMs.push(timeMs + after);
        columns.queries.push(query);
      }
    }
    offsets.push(columns.actions.length);
  }
  const count = columns.actions.length;
  const sequences: ActionSequences = {
    vocabulary: {
      actions: ['click', 'dwell', 'query'],
      domains: ['content', 'search'],
      domainOfAction: Uint8Array.of(0, 0, 1),
      surfaces: ['', 'feed'],
      kinds: ['content'],
    },
    userCount: users,
    offsets: Int32Array.from(offsets),
    subjects: Int32Array.from(columns.subjects),
    actions: Uint8Array.from(columns.actions),
    surfaces: new Uint8Array(count),
    timesMs: orderedWithin(Float64Array.from(columns.timesMs), offsets),
    values: new Float32Array(count).fill(NaN),
    queries: Int32Array.from(columns.queries),
    queryTexts: TOPICS,
  };
  const none = { offsets: new Int32Array(subjects + 1), values: new Int32Array(0) };
  const table: SubjectTable = {
    count: subjects,
    keys: Array.from({ length: subjects }, (_, at) => `content:p${at}`),
    kinds: new Uint8Array(subjects),
    texts: Array.from({ length: subjects }, (_, at) => `${TOPICS[at % TOPICS.length]} post`),
    authors: new Int32Array(subjects).fill(-1),
    authorIds: [],
    tagNames: [],
    tags: none,
    mentions: none,
    createdMs: Float64Array.from({ length: subjects }, (_, at) => (at < early ? 0 : 8 * DAY_MS)),
    embeddings: null,
  };
  return { sequences, subjects: table, topics: TOPICS.length, early };
}

/** Times that never fall within a user, as sequences have them. */
function orderedWithin(timesMs: Float64Array, offsets: readonly number[]): Float64Array {
  for (let user = 0; user + 1 < offsets.length; user++) {
    for (let at = offsets[user]! + 1; at < offsets[user + 1]!; at++) timesMs[at] = Math.max(timesMs[at]!, timesMs[at - 1]!);
  }
  return timesMs;
}
