/**
 * The catalog: how fast an eligibility check answers, beside the same check in SQL, and how fast records are loaded,
 * changed and read.
 *
 *     node bench/catalog/main.ts [--subjects 100000] [--users 100000] [--rules 200] [--candidates 1000] [--checks 20000] [--seed 1]
 *
 * Works in a temporary folder, which it removes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../../src/base/random.ts';
import type { Catalog } from '../../src/data/catalog/catalog.ts';
import { catalogEligibility } from '../../src/data/catalog/eligibility/catalog-eligibility.ts';
import { openCatalog } from '../../src/data/catalog/embedded/open-catalog.ts';
import { loadCatalog } from '../../src/data/catalog/load-catalog.ts';
import { subjectKey } from '../../src/data/events/subject-key.ts';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { makeRules, makeSubject, makeUser, NOW_MS, upsertsOf } from './generated-records.ts';
import { sqlEligibility } from './sql-eligibility.ts';

const { values: options } = parseArgs({
  options: {
    subjects: { type: 'string', default: '100000' },
    users: { type: 'string', default: '100000' },
    rules: { type: 'string', default: '200' },
    candidates: { type: 'string', default: '1000' },
    checks: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
  },
});
const number = wholeNumbers(options);
const random = createRandom(number('seed'), 'bench-catalog');
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

console.log('Making records…');
const rules = makeRules(random, number('rules'));
const ruleNames = [...new Set(rules.map(({ name }) => name))];
const subjects = Array.from({ length: number('subjects') }, (_, at) => makeSubject(random, at, ruleNames));
const users = Array.from({ length: number('users') }, (_, at) => makeUser(random, at));
const upserts = upsertsOf(rules, subjects, users);

const folder = mkdtempSync(path.join(tmpdir(), 'nisus-bench-catalog-'));
try {
  const catalog = await openCatalog({ file: path.join(folder, 'catalog.sqlite'), clock });
  const storage = await measureStorage(catalog);
  const compileStartMs = performance.now();
  const checker = await catalogEligibility(catalog);
  const compileMs = performance.now() - compileStartMs;
  const eligibility = measureEligibility(checker);
  await catalog.close();
  report({ ...eligibility, ...storage, compileMs: Math.round(compileMs) });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measureStorage(catalog: Catalog) {
  console.log(`Loading ${upserts.length.toLocaleString('en')} records…`);
  const loadSeconds = await secondsOf(async () => {
    const { created } = await loadCatalog(catalog, upserts);
    if (created !== upserts.length) throw new Error(`${created} of ${upserts.length} records were created`);
  });
  const reloadSeconds = await secondsOf(async () => {
    const { unchanged } = await loadCatalog(catalog, upserts);
    if (unchanged !== upserts.length) throw new Error(`${unchanged} of ${upserts.length} records were unchanged`);
  });
  // Batches as a service writes them: a hundred records anywhere in the catalog, each with a new title.
  const changes = 200;
  const upsertSeconds = await secondsOf(async () => {
    for (let batch = 0; batch < changes; batch++) {
      const chosen = Array.from({ length: 100 }, () => subjects[random.integer(subjects.length)]!);
      const results = await catalog.upsert(
        chosen.map((record, at) => ({ type: 'subject', record: { ...record, title: `${record.title} (${batch}.${at})` } })),
      );
      if (results.some(({ outcome }) => outcome !== 'updated')) throw new Error('a change was not made');
    }
  });
  const reads = 1000;
  const getSeconds = await secondsOf(async () => {
    for (let read = 0; read < reads; read++) {
      const keys = Array.from({ length: 100 }, () => users[random.integer(users.length)]!.id);
      if ((await catalog.get('user', keys)).includes(null)) throw new Error('a user is missing');
    }
  });
  const { bytes } = await catalog.statistics();
  return {
    loadRecordsPerSecond: Math.round(upserts.length / loadSeconds),
    reloadRecordsPerSecond: Math.round(upserts.length / reloadSeconds),
    upsertsPerSecond: Math.round((changes * 100) / upsertSeconds),
    getsPerSecond: Math.round((reads * 100) / getSeconds),
    bytesPerRecord: Math.round(bytes / upserts.length),
  };
}

function measureEligibility(checker: Awaited<ReturnType<typeof catalogEligibility>>) {
  const count = number('candidates');
  const verdicts = new Int32Array(count);
  const numberOf = Int32Array.from(subjects, (subject) => checker.indexOf(subjectKey(subject)));
  const keys = subjects.map((subject) => subjectKey(subject));
  const draw = () => Array.from({ length: count }, () => random.integer(subjects.length));
  const checks = number('checks');
  const micros = new Float64Array(checks);
  const microsByKey = new Float64Array(checks);
  let allowed = 0;
  for (let check = 0; check < checks; check++) {
    const user = users[random.integer(users.length)]!;
    const candidates = Int32Array.from(draw(), (at) => numberOf[at]!);
    const startMs = performance.now();
    checker.check(user, NOW_MS + check, candidates, verdicts);
    micros[check] = (performance.now() - startMs) * 1000;
    for (const verdict of verdicts) if (verdict === 0) allowed++;
  }
  for (let check = 0; check < checks; check++) {
    const user = users[random.integer(users.length)]!;
    const candidateKeys = draw().map((at) => keys[at]!);
    const startMs = performance.now();
    checker.checkKeys(user, NOW_MS + check, candidateKeys);
    microsByKey[check] = (performance.now() - startMs) * 1000;
  }

  console.log('The same in SQL…');
  const peer = sqlEligibility(rules, subjects);
  const peerChecks = Math.min(200, checks);
  const peerMicros = new Float64Array(peerChecks);
  let differences = 0;
  for (let check = 0; check < peerChecks; check++) {
    const user = users[random.integer(users.length)]!;
    const drawn = draw();
    checker.check(
      user,
      NOW_MS,
      Int32Array.from(drawn, (at) => numberOf[at]!),
      verdicts,
    );
    const startMs = performance.now();
    const answers = peer.check(user, NOW_MS, drawn);
    peerMicros[check] = (performance.now() - startMs) * 1000;
    for (const [at, answer] of answers.entries()) if (answer !== (verdicts[at] === 0)) differences++;
    differences += count - answers.length;
  }
  peer.close();
  return {
    eligibilityMicrosP50: quantile(micros, 0.5),
    eligibilityMicrosP99: quantile(micros, 0.99),
    eligibilityByKeyMicrosP50: quantile(microsByKey, 0.5),
    eligibilityByKeyMicrosP99: quantile(microsByKey, 0.99),
    sqlMicrosP50: quantile(peerMicros, 0.5),
    sqlRatioP50: Math.round(quantile(peerMicros, 0.5) / quantile(micros, 0.5)),
    eligibilityDifferences: differences,
    allowedShare: Math.round((allowed / checks / count) * 1000) / 1000,
  };
}

function report(figures: Readonly<Record<string, number>>): void {
  const machine = readMachine();
  const protocol =
    `${number('subjects').toLocaleString('en')} subjects with up to 4 of ${ruleNames.length} rule names, ${rules.length} rules, ` +
    `${number('users').toLocaleString('en')} users, seed ${number('seed')}; eligibility: ${number('checks').toLocaleString('en')} checks, each of ` +
    `${number('candidates').toLocaleString('en')} random subjects for a random user at another moment, in process, by number and by key; the peer is ` +
    `one prepared statement of SQLite in memory over indexed tables, its answers compared one by one; ` +
    `load: batches of 10,000, validated, one flushed transaction each; upserts: batches of 100 changes; ` +
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`;
  console.log(`\n${protocol}\n`);
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(28)}${value.toLocaleString('en').padStart(14)}`);
  console.log(`\n${JSON.stringify(figures)}`);
  const output = process.env['NISUS_GATE_OUTPUT'];
  if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return (performance.now() - startMs) / 1000;
}

function quantile(values: Float64Array, share: number): number {
  const sorted = values.toSorted();
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]! * 10) / 10;
}
