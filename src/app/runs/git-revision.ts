import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { promisify } from 'node:util';
import { packageFolder } from '../version.ts';

const run = promisify(execFile);

/** The commit of the checkout that this Nisus runs from; null where it was installed, or there is no git. */
export async function readGitRevision(): Promise<string | null> {
  try {
    const { stdout } = await run('git', ['rev-parse', '--show-toplevel', 'HEAD'], { cwd: packageFolder });
    const [top, commit] = stdout.trim().split('\n');
    // Installed into someone's project, git would tell the commit of that project.
    if (top === undefined || (await realpath(top)) !== (await realpath(packageFolder))) return null;
    return commit ?? null;
  } catch {
    return null;
  }
}
