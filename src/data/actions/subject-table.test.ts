import { describe, expect, test } from 'vitest';
import type { SubjectRecord } from '../catalog/subject-record.ts';
import type { UserRecord } from '../catalog/user-record.ts';
import type { EventSubject } from '../events/event.ts';
import { LOOKUP_KEYS } from './subject-table.ts';
import { createSubjectGathering } from './subject-table.ts';
import { SUBJECTS } from './some-actions.fixture.ts';
import { userTable } from './user-table.ts';

const record = (subject: EventSubject, fields: Partial<SubjectRecord> = {}): SubjectRecord => ({
  ...subject,
  title: 'Title',
  text: 'text',
  language: 'en',
  createdMs: 7,
  lifecycle: 'live',
  attributes: {},
  eligibilityRules: [],
  ...fields,
});

describe('subjects', () => {
  test('by events alone: kinds, authors, tags and mentions, and a text of what is known', async () => {
    const gathering = createSubjectGathering();
    for (const subject of [SUBJECTS.post, SUBJECTS.btc, SUBJECTS.spot, SUBJECTS.post, SUBJECTS.help]) gathering.intern(subject);
    const table = await gathering.take(undefined, undefined);
    expect(table).toEqual({
      count: 5,
      keys: ['content:post', 'instrument:BTC', 'instrument:ETH', 'feature:spot', 'feature:help'],
      kinds: Uint8Array.of(0, 2, 2, 1, 1),
      texts: ['defi news BTC ETH post', 'spot BTC', 'ETH', 'bitcoin trading spot', 'help'],
      authors: Int32Array.of(0, -1, -1, -1, -1),
      authorIds: ['anna'],
      tagNames: ['defi', 'news', 'spot', 'bitcoin', 'trading'],
      tags: { offsets: Int32Array.of(0, 2, 3, 3, 5, 5), values: Int32Array.of(0, 1, 2, 3, 4) },
      mentions: { offsets: Int32Array.of(0, 2, 2, 2, 2, 2), values: Int32Array.of(1, 2) },
      createdMs: new Float64Array(5).fill(NaN),
      embeddings: null,
    });
  });

  test('the first event that tells something is believed; what names twice counts once', async () => {
    const gathering = createSubjectGathering();
    const bare: EventSubject = { kind: 'content', id: 'p', authorId: null, tags: [], instruments: [] };
    gathering.intern(bare);
    gathering.intern({ ...bare, authorId: 'anna', tags: ['a', 'b', 'a'], instruments: ['BTC', 'BTC'] });
    gathering.intern({ ...bare, authorId: 'ben', tags: ['c'], instruments: ['ETH'] });
    const table = await gathering.take(undefined, undefined);
    expect(table).toMatchObject({ count: 2, authorIds: ['anna'], tagNames: ['a', 'b'], texts: ['a b BTC p', 'BTC'] });
    expect(table.tags.values).toEqual(Int32Array.of(0, 1));
  });

  test('the catalog goes before events, and brings in what it mentions', async () => {
    const gathering = createSubjectGathering();
    for (const subject of [SUBJECTS.post, SUBJECTS.plain]) gathering.intern(subject);
    const asked: (readonly string[])[] = [];
    const records = new Map([
      ['content:post', record(SUBJECTS.post, { authorId: 'carl', tags: [], instruments: ['SOL'] })],
      ['instrument:SOL', record({ kind: 'instrument', id: 'SOL', authorId: null, tags: ['spot'], instruments: ['SOL', 'SOL-PERP'] })],
    ]);
    const lookup = async (keys: readonly string[]) => {
      asked.push(keys);
      return keys.map((key) => records.get(key) ?? null);
    };
    const table = await gathering.take(lookup, undefined);
    expect(asked.flat()).toEqual([
      'content:post',
      'instrument:BTC',
      'instrument:ETH',
      'content:plain',
      'instrument:SOL',
      'instrument:SOL-PERP',
    ]);
    expect(table.texts).toEqual(['Title\ntext', 'BTC', 'ETH', 'trading plain', 'Title\ntext', 'SOL-PERP']);
    expect(table.authors).toEqual(Int32Array.of(2, -1, -1, 1, -1, -1));
    expect(table.mentions.offsets).toEqual(Int32Array.of(0, 1, 1, 1, 1, 2, 2));
    expect(table.mentions.values).toEqual(Int32Array.of(4, 5));
    expect(table.createdMs).toEqual(Float64Array.of(7, NaN, NaN, NaN, 7, NaN));
    expect(table.tags.offsets).toEqual(Int32Array.of(0, 2, 2, 2, 3, 4, 4));
  });

  test('records are asked for a thousand at a time, until it is stopped', async () => {
    const gathering = createSubjectGathering();
    for (let at = 0; at < LOOKUP_KEYS + 1; at++) gathering.intern({ ...SUBJECTS.help, id: `f${at}` });
    const sizes: number[] = [];
    const stop = new AbortController();
    const lookup = async (keys: readonly string[]) => {
      sizes.push(keys.length);
      return keys.map(() => null);
    };
    await gathering.take(lookup, stop.signal);
    expect(sizes).toEqual([LOOKUP_KEYS, 1]);
    stop.abort(new Error('stopped'));
    await expect(gathering.take(lookup, stop.signal)).rejects.toThrow('stopped');
  });
});

describe('users', () => {
  const user = (id: string, fields: Partial<UserRecord> = {}): UserRecord => ({
    id,
    jurisdiction: 'HK',
    identityTier: 2,
    riskClass: 0,
    languages: ['zh-Hant', 'en'],
    createdMs: 5,
    ...fields,
  });

  test('codes of what the catalog knows; 0, −1 and NaN for what it does not', async () => {
    const records = new Map([
      ['a', user('a')],
      ['c', user('c', { jurisdiction: 'MY', identityTier: 0, languages: ['en'] })],
      ['d', user('d', { createdMs: 6 })],
    ]);
    const table = await userTable(['a', 'b', 'c', 'd'], async (ids) => ids.map((id) => records.get(id) ?? null), undefined);
    expect(table).toEqual({
      count: 4,
      ids: ['a', 'b', 'c', 'd'],
      jurisdictions: Uint16Array.of(1, 0, 2, 1),
      jurisdictionNames: ['', 'HK', 'MY'],
      languages: Uint16Array.of(1, 0, 2, 1),
      languageNames: ['', 'zh-Hant', 'en'],
      identityTiers: Int8Array.of(2, -1, 0, 2),
      createdMs: Float64Array.of(5, NaN, 5, 6),
    });
  });

  test('of any number, a thousand at a time', async () => {
    const ids = Array.from({ length: LOOKUP_KEYS + 2 }, (_, at) => `u${at}`);
    const table = await userTable(ids, async (some) => some.map((id) => user(id, { createdMs: Number(id.slice(1)) })), undefined);
    expect(table.createdMs).toEqual(Float64Array.from(ids, (_, at) => at));
  });

  test('without a catalog all are unknown', async () => {
    const table = await userTable(['a'], undefined, undefined);
    expect(table).toMatchObject({ count: 1, jurisdictionNames: [''], identityTiers: Int8Array.of(-1) });
  });
});
