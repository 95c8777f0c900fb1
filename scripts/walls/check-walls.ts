import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { findCycles } from './find-cycles.ts';
import { factsOf } from './imports-of.ts';

/**
 * The wings of `src/` and which others each may know; itself and `base` are always allowed. The plan's arrows, each
 * with all that stands below it: app → agent → feed → measure → data, learn; world → data, venue.
 */
export const WINGS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  learn: [],
  data: [],
  venue: [],
  world: ['data', 'venue'],
  measure: ['data', 'learn'],
  feed: ['measure', 'data', 'learn'],
  agent: ['feed', 'measure', 'data', 'learn'],
  app: ['agent', 'feed', 'measure', 'data', 'learn', 'world', 'venue'],
};

/**
 * Folders whose files may import each other in a circle; from outside each counts as one file. The gradient of an
 * operator is made of operators (a sum's is a broadcast, a broadcast's is a sum), so those know each other by nature;
 * they do so inside functions, never while loading.
 */
const KNOTS: readonly string[] = ['src/learn/tensor/operators'];

/**
 * Rooms that only some wings may enter, whatever the arrows say. What is true in the world is for the world itself, and
 * for tests and benches that measure whether estimates are right; a model that read it would be right for nothing.
 */
const PRIVATE_ROOMS: readonly { readonly room: string; readonly wings: readonly string[] }[] = [
  { room: 'src/world/truth', wings: ['world'] },
];

/** The wing that knows processes, ports, terminals and the clock. */
const OUTER_WING = 'app';

/** One broken rule, at one place. */
export interface Breach {
  /** Relative to the root, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** What {@link checkWalls} saw. */
export interface WallReport {
  readonly fileCount: number;
  readonly importCount: number;
  readonly breaches: readonly Breach[];
}

/**
 * Checks every source file under `root/src`: no import into a wing that is not below, none out of `src`, no import of
 * the package by its own name, no use of a wing's index from inside, no circular import, no `export *`, no clock or
 * process read outside `app`.
 *
 * @param root the repository
 * @throws Error when a file does not parse, or when there is no source at all (a check of nothing must not pass)
 */
export function checkWalls(root: string): WallReport {
  const files = sourceFiles(root);
  if (files.length === 0) throw new Error(`No source file under ${path.join(root, 'src')}: nothing was checked.`);
  const known = new Set(files);
  const breaches: Breach[] = [];
  const graph = new Map<string, { to: string; line: number }[]>();
  let importCount = 0;

  for (const file of files) {
    const facts = factsOf(file, readFileSync(path.join(root, file), 'utf8'));
    const wing = wingOf(file);
    const say = (line: number, message: string) => void breaches.push({ file, line, message });
    const knot = knotOf(file);
    const edges = graph.get(knot) ?? [];
    graph.set(knot, edges);

    if (wing === null || WINGS[wing] === undefined) {
      say(1, `stands in no known wing; the wings are ${Object.keys(WINGS).join(', ')} (scripts/walls/check-walls.ts)`);
      continue;
    }
    for (const line of facts.starExports) say(line, '`export *` hides what is exported: name each export');
    if (wing !== OUTER_WING && !isTest(file)) {
      for (const line of facts.ambientReads)
        say(line, 'reads the clock or the process of the machine; below app they are passed in (src/base)');
    }
    for (const { specifier, line } of facts.imports) {
      importCount++;
      if (specifier === 'nisus' || specifier.startsWith('nisus/')) say(line, `imports '${specifier}': inside, import the file itself`);
      if (!specifier.startsWith('.')) continue;
      const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
      const targetWing = wingOf(target);
      if (targetWing === null || WINGS[targetWing] === undefined) {
        if (!isTest(file)) say(line, `imports '${specifier}', which stands outside the wings`);
        continue;
      }
      if (targetWing !== wing && targetWing !== 'base' && !WINGS[wing]!.includes(targetWing)) {
        say(line, `${wing} may not know ${targetWing}: ${wing} → ${['base', ...WINGS[wing]!].join(', ')} only`);
      }
      const closed = PRIVATE_ROOMS.find(({ room, wings }) => isInRoom(target, room) && !wings.includes(wing));
      if (closed !== undefined && !isTest(file)) {
        say(line, `imports '${specifier}': ${closed.room} is open to ${closed.wings.join(', ')} and to tests only`);
      }
      if (/^src\/[^/]+\/index\.ts$/.test(target))
        say(line, `imports '${specifier}', the door for outsiders: inside, import the file itself`);
      if (known.has(target) && (knotOf(target) !== knot || target === file)) edges.push({ to: knotOf(target), line });
    }
  }

  for (const cycle of findCycles(graph)) {
    const [first, second] = cycle as [string, string];
    const line = graph.get(first)!.find((edge) => edge.to === second)!.line;
    breaches.push({ file: first, line, message: `circular import: ${cycle.join(' → ')}` });
  }
  return { fileCount: files.length, importCount, breaches };
}

/** The file, or the folder of {@link KNOTS} it stands in. */
function knotOf(file: string): string {
  // Nobody imports a test, so it closes no circle.
  return (isTest(file) ? undefined : KNOTS.find((folder) => file.startsWith(`${folder}/`))) ?? file;
}

/** Whether a file is the room (`room.ts`) or stands in it (`room/…`). */
function isInRoom(file: string, room: string): boolean {
  return file === `${room}.ts` || file.startsWith(`${room}/`);
}

function wingOf(file: string): string | null {
  const [top, wing, ...below] = file.split('/');
  return top === 'src' && wing !== undefined && below.length > 0 ? wing : null;
}

function isTest(file: string): boolean {
  return /\.(test|test-d|fixture)\.ts$/.test(file);
}

function sourceFiles(root: string): string[] {
  return readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .toSorted();
}
