import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../../../base/random.ts';
import type { SubjectTable } from '../../../actions/action-sequences.ts';
import { someVocabulary } from '../../../actions/ranking-data.fixture.ts';
import type { RankingSource } from '../../../actions/ranking-feeds.ts';
import { ModelProtoSchema } from '../../../tensor/onnx/onnx_pb.js';
import { openRankingScorer, type RankingScorer, type RankingScores } from '../../../training/ranking/ranking-scorer.ts';
import { exportServedRanker, RankerExportError } from './export-served-ranker.ts';
import { bytesOfColumns } from './growing-columns.ts';
import type { HistoryState, UserActions } from './history-state.ts';
import { openServedRanker, type ServedRanker } from './open-served-ranker.ts';
import { ServedRankerError } from './ranker-manifest.ts';
import { ServedRankerRequestError } from './served-request.ts';
import { servedRankers, someRanker, someServedData, someTasks, sourceFor, subtable, userActions } from './served-ranker.fixture.ts';

let home: string;
beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'nisus-served-ranker-'))));
afterAll(() => rm(home, { recursive: true, force: true }));

let folders = 0;

async function exported(name: string): Promise<{ folder: string; flat: Float32Array }> {
  const { flat, exported: source } = someRanker(servedRankers[name]!, someServedData());
  const folder = join(home, `${folders++}`);
  await exportServedRanker(folder, { ...source, facts: { dataName: 'test' } });
  return { folder, flat };
}

/** By task, what the whole model gives each place; a page at a time where pages of one row would be searched for as far as the last of them. */
async function scored(scorer: RankingScorer, source: RankingSource, lists: Int32Array): Promise<Pick<RankingScores, 'probabilities'>> {
  if (source.search?.kind !== 'soft') return scorer.score(source, lists);
  const probabilities = Object.fromEntries(someTasks.map((task) => [task, new Float32Array(source.pages.subjects.length)]));
  for (const list of lists) {
    const own = await scorer.score(source, Int32Array.of(list));
    const [from, to] = [source.pages.offsets[list]!, source.pages.offsets[list + 1]!];
    for (const task of someTasks) probabilities[task]!.set(own.probabilities[task]!.subarray(from, to), from);
  }
  return { probabilities };
}

/** Puts a table as two, in an order of chance. @returns the row of each subject */
async function putInTwo({ subjects }: ServedRanker, table: SubjectTable, random: Random): Promise<Int32Array> {
  const order = Int32Array.from(table.keys.keys());
  random.shuffle(order);
  const cut = random.integer(table.count + 1);
  for (const some of [order.subarray(0, cut), order.subarray(cut)]) await subjects.put(subtable(table, [...some]));
  return Int32Array.from(table.keys, (key) => subjects.rowOf(key));
}

describe.each(Object.keys(servedRankers))('a served ranker: %s', (name) => {
  it('gives every candidate what the whole model gives it, however histories grow and pages are cut', async () => {
    const { folder, flat } = await exported(name);
    const ranker = await openServedRanker(folder, { threads: 1, microBatch: 4 });
    const model = { config: servedRankers[name]!, vocabulary: someVocabulary, tasks: someTasks };
    const scorer = await openRankingScorer(model, () => flat, { threads: 1 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
        const drawn = someServedData({ seed, pagesMax: 5 });
        const { table, lists } = drawn;
        // What was fitted is part of the model.
        const source = { ...sourceFor(model.config, drawn), fitted: ranker.manifest.fitted };
        const { sequences, pages } = source;
        const whole = await scored(scorer, source, lists);
        const random = createRandom(seed, 'growth');
        const rows = await putInTwo(ranker, table, random);
        let user = -1;
        let state: HistoryState | undefined;
        for (const list of lists) {
          const [from, to, visible] = [pages.offsets[list]!, pages.offsets[list + 1]!, pages.visible[list]!];
          if (state === undefined || pages.users[list] !== user) {
            user = pages.users[list]!;
            state = await ranker.history(userActions(sequences, rows, user, 0, random.integer(visible + 1)));
          }
          while (state.total < visible) {
            const stop: number = state.total + 1 + random.integer(visible - state.total);
            state = await ranker.extend(state, userActions(sequences, rows, user, state.total, stop));
          }
          const query = pages.queries[list]! < 0 ? null : sequences.queryTexts[pages.queries[list]!]!;
          const page = { timeMs: pages.timesMs[list]!, surface: pages.surfaces[list]!, query };
          const asked = pages.subjects.slice(from, to).map((subject) => rows[subject]!);
          const { probabilities, logits } = await ranker.score(state, asked, page);
          for (const task of someTasks) {
            probabilities[task]!.forEach((probability, at) => {
              expect(Math.abs(probability - whole.probabilities[task]![from + at]!)).toBeLessThan(1e-5);
              expect(1 / (1 + Math.exp(-logits[task]![at]!))).toBeCloseTo(probability, 5);
            });
          }
        }
        const click = whole.probabilities['click']!;
        expect(Math.max(...click) - Math.min(...click)).toBeGreaterThan(0.01);
      }),
      { numRuns: 4 },
    );
    await ranker.close();
    await scorer.close();
  });
});

const data = someServedData({ seed: 7, actionsMax: 60 });
const { sequences } = data.source;
const countOf = (user: number) => sequences.offsets[user + 1]! - sequences.offsets[user]!;
const user = [...Array(sequences.userCount).keys()].reduce((best, at) => (countOf(at) > countOf(best) ? at : best));
const page = { timeMs: 86_400_000, surface: 1, query: 'beta gamma' };

async function openedWithSubjects(options: Parameters<typeof openServedRanker>[1] = {}, name = 'hstu, PLE') {
  const { folder } = await exported(name);
  const ranker = await openServedRanker(folder, { threads: 1, ...options });
  const rows = await ranker.subjects.put(data.table);
  const clicks = async (state: HistoryState) => (await ranker.score(state, rows, page)).probabilities['click']!;
  return { ranker, rows, clicks, actions: (from: number, to: number) => userActions(sequences, rows, user, from, to) };
}

describe('histories', () => {
  it.each(['hstu, PLE', 'sim of a hard search, PLE'])('go on from one state in two ways, and leave it as it was: %s', async (name) => {
    const { ranker, clicks, actions } = await openedWithSubjects({}, name);
    const before = await ranker.history(actions(0, 3));
    const first = await clicks(before);
    const [left, right] = await Promise.all([ranker.extend(before, actions(3, 5)), ranker.extend(before, actions(4, 7))]);
    expect(await clicks(left)).toEqual(await clicks(await ranker.extend(await ranker.history(actions(0, 3)), actions(3, 5))));
    expect(await clicks(right)).toEqual(await clicks(await ranker.extend(await ranker.history(actions(0, 3)), actions(4, 7))));
    expect(await clicks(left)).not.toEqual(await clicks(right));
    expect(await clicks(before)).toEqual(first);
    expect(await ranker.extend(before, actions(3, 3))).toBe(before);
    await ranker.close();
  });

  it('keep no more than their latest stretch, in memory that is told', async () => {
    const { ranker, actions } = await openedWithSubjects();
    const count = countOf(user);
    expect(count).toBeGreaterThan(30);
    let state = await ranker.history(actions(0, 1));
    for (let at = 1; at < count; at++) {
      state = await ranker.extend(state, actions(at, at + 1));
      expect(state.total).toBe(at + 1);
      expect(state.total - state.skipped).toBeLessThanOrEqual(8);
      // 16 rows of tokens and of two blocks' keys and values.
      expect(state.bytes).toBeLessThan(16 * (8 + 6 * 4 + 2 * (6 + 10) * 4 + 8 + 2 * 5) + 1);
    }
    await ranker.close();
  });

  it.each(['hard', 'soft'])(
    'that are searched hold what is in reach and half as much again, in memory that is told: a %s search',
    async (kind) => {
      const { ranker, clicks, actions } = await openedWithSubjects({}, `sim of a ${kind} search, PLE`);
      const count = countOf(user);
      let state = await ranker.history(actions(0, 1));
      const fresh = await ranker.history(actions(0, count));
      for (let at = 1; at < count; at++) {
        state = await ranker.extend(state, actions(at, at + 1));
        expect(state.total - state.skipped).toBeLessThanOrEqual(18);
        expect(state.total - state.skipped).toBeGreaterThanOrEqual(Math.min(state.total, 12));
        // 27 rows of tokens at most; of a hard search, an index of 18 actions by tag and author: 7 categories.
        const index = kind === 'hard' ? 7 * (96 + 4 * 4) + 2 * 18 * 2 * 4 : 0;
        expect(state.bytes).toBeLessThanOrEqual(27 * (8 + 6 * 4 + 8) + 18 * 2 * 5 + index);
        expect(state.bytes).toBeGreaterThan(kind === 'hard' ? bytesOfColumns(state.rows) : 0);
      }
      // All at once, or one by one: the rows begin elsewhere, what is found is the same.
      expect(fresh.skipped).not.toBe(state.skipped);
      expect(await clicks(state)).toEqual(await clicks(fresh));
      await ranker.close();
    },
  );
});

describe('subjects', () => {
  it('get the same vector alone, among others, put again and in another order', async () => {
    const { ranker, rows, clicks, actions } = await openedWithSubjects();
    const state = await ranker.history(actions(0, 6));
    const first = await clicks(state);
    const some = [5, 0, 17];
    const turned = subtable(data.table, some);
    expect([...(await ranker.subjects.put(turned))]).toEqual(some.map((at) => rows[at]));
    expect(ranker.subjects.count).toBe(data.table.count);
    expect(ranker.subjects.rowOf(data.table.keys[17]!)).toBe(rows[17]);
    expect(ranker.subjects.rowOf('content:nobody')).toBe(0);
    const after = await clicks(state);
    after.forEach((value, at) => expect(value).toBeCloseTo(first[at]!, 5));
    await ranker.subjects.put({ ...turned, texts: ['quite', 'another', 'text'] });
    const changed = await clicks(state);
    changed.forEach((value, at) => expect(Math.abs(value - first[at]!) > 1e-4).toBe(some.includes(at)));
    await ranker.close();
  });

  it('are refused beyond the bound, and with vectors the ranker was not trained on', async () => {
    const { folder } = await exported('hstu, PLE');
    const ranker = await openServedRanker(folder, { threads: 1, subjectsMax: 39 });
    await expect(ranker.subjects.put(data.table)).rejects.toMatchObject({
      code: 'SUBJECT_VECTORS',
      message: expect.stringContaining('39'),
    });
    const embeddings = { dimension: 2, values: new Float32Array(80) };
    await expect(ranker.subjects.put({ ...data.table, embeddings })).rejects.toThrow(/vectors of 2 numbers/);
    await ranker.close();
  });
});

describe('a request', () => {
  const change = (actions: UserActions, entries: Partial<UserActions>) => ({ ...actions, ...entries });
  type Request = (ranker: ServedRanker, state: HistoryState, actions: UserActions) => Promise<unknown>;
  const wrong: readonly (readonly [what: string, request: Request, message: RegExp])[] = [
    ['asks for no subject', (ranker, state) => ranker.score(state, Int32Array.of(1, 0), page), /candidate row 0/],
    ['asks for one that is not there', (ranker, state) => ranker.score(state, Int32Array.of(41), page), /candidate row 41/],
    ['asks for too many', (ranker, state) => ranker.score(state, new Int32Array(51).fill(1), page), /51 candidates are more than 50/],
    ['is on no surface', (ranker, state) => ranker.score(state, Int32Array.of(1), { ...page, surface: 3 }), /surface 3/],
    ['has no time', (ranker, state) => ranker.score(state, Int32Array.of(1), { ...page, timeMs: NaN }), /time is NaN/],
    ['tells of an unknown action', (ranker, state, some) => ranker.extend(state, change(some, { actions: Uint8Array.of(3) })), /action 3/],
    ['tells of a subject not there', (ranker, _, some) => ranker.history(change(some, { subjects: Int32Array.of(77) })), /subject row 77/],
    ['tells too little', (ranker, _, some) => ranker.history(change(some, { values: new Float32Array(0) })), /1 actions, but 0 values/],
  ];
  it.each(wrong)('that %s is told so', async (_what, request, message) => {
    const { ranker, actions } = await openedWithSubjects({ candidatesMax: 50 });
    const state = await ranker.history(actions(0, 2));
    const error = await request(ranker, state, actions(2, 3)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ServedRankerRequestError);
    expect((error as Error).message).toMatch(message);
    await ranker.close();
  });

  it('for no candidates is answered', async () => {
    const { ranker, actions } = await openedWithSubjects();
    const { probabilities } = await ranker.score(await ranker.history(actions(0, 2)), new Int32Array(0), page);
    expect(probabilities).toEqual({ click: new Float32Array(0), buy: new Float32Array(0) });
    await ranker.close();
  });
});

describe('the folder', () => {
  it('says what it holds and where it comes from', async () => {
    const { folder } = await exported('hstu, PLE');
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({
      dataName: 'test',
      name: 'HSTU, PLE',
      tasks: ['click', 'buy'],
      names: { actions: ['click', 'adopt', 'query'] },
    });
    const graphs = Object.keys(manifest.files).filter((name) => name.endsWith('.onnx'));
    expect(graphs.toSorted()).toEqual(['encode-history.onnx', 'query-vectors.onnx', 'score-candidates.onnx', 'subject-vectors.onnx']);
  });

  it.each(['hstu, PLE', 'din, PLE', 'sim of a hard search, PLE', 'sim of a soft search, PLE'])(
    'holds graphs of standard operators: %s',
    async (of) => {
      const { folder } = await exported(of);
      const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
      for (const name of Object.keys(manifest.files).filter((file) => file.endsWith('.onnx'))) {
        const { opsetImport, graph, irVersion } = fromBinary(ModelProtoSchema, await readFile(join(folder, name)));
        expect(opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([['', manifest.opset]]);
        expect(Number(irVersion)).toBe(manifest.irVersion);
        expect([...new Set(graph!.node.map(({ domain }) => domain))]).toEqual(['']);
      }
    },
  );

  it('is not written where a parameter is missing', async () => {
    const { exported: source } = someRanker(servedRankers['hstu, PLE']!, data);
    const parameterValue = (name: string) => (name === 'tower.buy.output.bias' ? null : source.parameterValue(name));
    const folder = join(home, 'missing');
    await expect(exportServedRanker(folder, { ...source, parameterValue })).rejects.toThrow(RankerExportError);
    await expect(readFile(join(folder, 'manifest.json'))).rejects.toThrow(/ENOENT/);
  });

  const broken: readonly (readonly [what: string, breakIt: (folder: string) => Promise<void>, message: RegExp])[] = [
    ['has no manifest', (folder) => rm(join(folder, 'manifest.json')), /manifest\.json cannot be read/],
    ['has a manifest cut short', (folder) => writeFile(join(folder, 'manifest.json'), '{"format'), /manifest\.json is not JSON/],
    ['is of a later version', (folder) => changed(folder, { formatVersion: 2 }), /formatVersion/],
    ['has an unknown encoder', (folder) => changed(folder, { model: { encoder: { kind: 'gru' } } }), /model/],
    ['lacks a graph', (folder) => rm(join(folder, 'encode-history.onnx')), /encode-history\.onnx cannot be read/],
    ['has a damaged graph', (folder) => writeFile(join(folder, 'score-candidates.onnx'), 'x'), /score-candidates\.onnx is damaged/],
    ['has other ids', (folder) => writeFile(join(folder, 'known-ids.json'), '{}'), /known-ids\.json is damaged/],
  ];
  const changed = async (folder: string, entries: object) => {
    const path = join(folder, 'manifest.json');
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...entries }));
  };
  it.each(broken)('that %s is no served ranker', async (_what, breakIt, message) => {
    const { folder } = await exported('hstu, PLE');
    await breakIt(folder);
    const error = await openServedRanker(folder).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ServedRankerError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain(folder);
  });
});
