import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { ID_LENGTH_MAX, isIdTooLong } from './id-length.ts';
import { createImportPlace } from './import-place.fixture.ts';

const place = await createImportPlace({ clock: manualClock(), logger: silentLogger });
afterAll(() => place.remove());

/** As long as may be, of three bytes a character; and one character more. */
const longest = '\u7528'.repeat(ID_LENGTH_MAX);
const tooLong = `${longest}x`;
const pairs = [
  [longest, 'i'],
  [tooLong, 'i'],
  ['u', tooLong],
  ['u', longest],
] as const;

it.each([
  ['ids.csv', `user,item\n${pairs.map((pair) => pair.join(',')).join('\n')}\n`, [3, 4]],
  ['ids.jsonl', pairs.map(([user, item]) => JSON.stringify({ user, item })).join('\n'), [2, 3]],
  ['sequences.txt', pairs.map((pair) => pair.join(' ')).join('\n'), [2, 3]],
])('ids beyond the limit are set aside, those at it are kept (%s)', async (name, text, lines) => {
  const { manifest } = await place.importText(name, text);
  expect(manifest.source?.rejects.byReason).toEqual({ 'id-too-long': 2 });
  expect((await place.rejects()).map(({ line, detail }) => [line, detail])).toEqual([
    [lines[0], 'the user id is longer than 256 characters'],
    [lines[1], 'the item id is longer than 256 characters'],
  ]);
  expect((await place.rows()).map(([user, item]) => [user, item])).toEqual([
    [longest, 'i'],
    ['u', longest],
  ]);
});

it('counts as String.length does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\u00e9', '\u7528', '\u{1f642}'), minLength: 60, maxLength: 300 });
  fc.assert(
    fc.property(text, (id) => {
      const bytes = Buffer.from(`x${id}x`);
      expect(isIdTooLong(bytes, 1, bytes.length - 1, 'utf-8')).toBe(id.length > ID_LENGTH_MAX);
    }),
  );
});
