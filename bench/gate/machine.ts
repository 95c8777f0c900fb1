import { execFileSync } from 'node:child_process';
import os from 'node:os';

/** The machine that a figure was measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
}

/** The state of the code that a figure was measured on. */
export interface Revision {
  /** The commit, or `unknown` outside a git checkout. */
  readonly commit: string;
  /** Whether files differed from that commit. */
  readonly isDirty: boolean;
}

/** Reads this machine. */
export function readMachine(): Machine {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round((os.totalmem() / 2 ** 30) * 10) / 10,
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
  };
}

/** Asks git about the checkout at `root`. Results of gates are not counted as changes: writing them is what gates do. */
export function readRevision(root: string): Revision {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return { commit: git('rev-parse', 'HEAD'), isDirty: git('status', '--porcelain', '--', '.', ':!bench/results') !== '' };
  } catch {
    return { commit: 'unknown', isDirty: true };
  }
}
