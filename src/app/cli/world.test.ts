import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCatalog } from '../../data/catalog/embedded/open-catalog.ts';
import { systemClock } from '../system-clock.ts';
import { createCliPlace, TINY_TRAINING, type CliPlace } from './cli-process.fixture.ts';

let place: CliPlace;

beforeEach(() => {
  place = createCliPlace();
});

afterEach(() => place.remove());

const START = ['start', '--world', 'tiny', ...TINY_TRAINING, '--port', '0'] as const;

async function post(url: string, body: unknown) {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

/** Processes whose command line names this test's folder (Linux tells them; elsewhere nothing is looked at). */
function processesLeft(): readonly string[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(place.folder) ? [line] : [];
      } catch {
        return [];
      }
    });
}

test('start makes a world, serves it, takes events in and lets it live on; Ctrl-C ends all of it; a second start goes on at once', async () => {
  const first = place.start(...START);
  const [, url] = await first.says(/^listening on (\S+)$/m);
  await first.says(/World: living against \S+ from/);
  const [, body] = await first.says(/Ask it .* -d '(.*)'$/m);
  const { userId } = JSON.parse(body!) as { userId: string };
  const ask = () => post(`${url}/v1/recommend`, { userId, k: 5 });
  const before = await ask();
  expect(before).toMatchObject({ source: 'model', k: 5, shortBy: 0 });

  // Something that every world has, so the model knows it.
  const event = { id: 'mine', userId, action: 'open', subject: { kind: 'feature', id: 'spot' }, timeMs: Date.now() - 1 };
  const answer = await post(`${url}/v1/events`, { events: [event] });
  expect(answer).toMatchObject({ accepted: 1, unknownUsers: 0 });
  expect(await post(`${url}/v1/events`, { events: [event] })).toMatchObject({ accepted: 0, duplicate: 1 });
  await expect.poll(async () => (await ask())['historyLength']).toBe((before['historyLength'] as number) + 1);

  expect(processesLeft().some((line) => / world live /.test(line))).toBe(existsSync('/proc/self/cmdline'));
  first.child.kill('SIGINT');
  const { code, stderr } = await first.ended;
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/lived now/);
  expect(stderr).not.toMatch(/it ended/);
  expect(processesLeft()).toEqual([]);

  const second = place.start(...START, '--still');
  const [, secondUrl] = await second.says(/^listening on (\S+)$/m);
  const again = await post(`${secondUrl}/v1/events`, { events: [event] });
  expect(again).toMatchObject({ accepted: 0, duplicate: 1 });
  second.child.kill('SIGTERM');
  const ended = await second.ended;
  expect(ended.code).toBe(0);
  expect(ended.stderr).toMatch(/lived before/);
  expect(ended.stderr).toMatch(/Trained before/);
  expect(ended.stderr).not.toMatch(/World: living/);
});

test('a world whose making was killed with SIGKILL goes on to what an unbroken one is', async () => {
  const create = (name: string) => ['world', 'create', '--world', 'tiny', '--platform', path.join(place.folder, name), '--json'];
  const broken = place.start(...create('broken'));
  const log = path.join(place.folder, 'broken', 'log');
  // Killed once there are events on the disk, which is before the end.
  await expect.poll(() => sizeOf(log), { timeout: 30_000, interval: 20 }).toBeGreaterThan(1_000_000);
  broken.child.kill('SIGKILL');
  expect((await broken.ended).signal).toBe('SIGKILL');
  const begun = recordOf('broken');
  expect(begun).toMatchObject({ state: 'history', events: 0 });

  await place.succeed(...create('broken'));
  expect(recordOf('broken')).toMatchObject({ state: 'ready', historyEndMs: begun.historyEndMs, startMs: begun.startMs });
  await place.succeed(...create('unbroken'));
  // Made within another hour, the unbroken one is another world.
  if (recordOf('unbroken').startMs !== begun.startMs) return;
  expect(recordOf('broken')).toEqual(recordOf('unbroken'));
  const statistics = async (name: string) => {
    const { stdout } = await place.run('events', 'statistics', '--platform', path.join(place.folder, name), '--json');
    const { events, firstTimeMs, lastTimeMs, lastReceivedTimeMs } = JSON.parse(stdout);
    return { events, firstTimeMs, lastTimeMs, lastReceivedTimeMs };
  };
  expect(await statistics('broken')).toEqual(await statistics('unbroken'));
  expect(await subjectsOf('broken')).toEqual(await subjectsOf('unbroken'));
  const fingerprint = (name: string) =>
    JSON.parse(readFileSync(path.join(place.folder, name, 'dataset', 'manifest.json'), 'utf8')).fingerprint;
  expect(fingerprint('broken')).toEqual(fingerprint('unbroken'));
});

function recordOf(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path.join(place.folder, name, 'world.json'), 'utf8'));
}

async function subjectsOf(name: string) {
  const catalog = await openCatalog({ file: path.join(place.folder, name, 'catalog'), clock: systemClock, readOnly: true });
  try {
    const subjects = await catalog.list('subject', { limit: 10_000 });
    expect(subjects.length).toBeGreaterThan(300);
    return subjects.map(({ record }) => record);
  } finally {
    await catalog.close();
  }
}

/** Bytes of the files of a folder; 0 where it is not there yet. */
function sizeOf(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
}
