import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { NisusError } from '../../src/base/error.ts';

/** Thrown when PyTorch could not be set up. */
export class TorchSetupError extends NisusError {
  constructor(why: string) {
    super('TORCH_SETUP_FAILED', `PyTorch could not be set up: ${why}. A Python that has it may be named in NISUS_TORCH_PYTHON.`, {
      fields: { why },
    });
  }
}

/**
 * The Python that has PyTorch: the one `NISUS_TORCH_PYTHON` names, else that of `bench/torch/setup.sh`, which installs
 * it once (some 6 GB, minutes).
 *
 * @throws {@link TorchSetupError} when the set-up fails
 */
export function findTorchPython(root: string, environment: NodeJS.ProcessEnv): string {
  const named = environment['NISUS_TORCH_PYTHON'];
  if (named !== undefined && named !== '') return named;
  const script = path.join('bench', 'torch', 'setup.sh');
  const { status, stdout, error } = spawnSync('bash', [script], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (error !== undefined) throw new TorchSetupError(`${script} did not start: ${error.message}`);
  const python = stdout.trim().split('\n').at(-1) ?? '';
  if (status !== 0 || python === '') throw new TorchSetupError(`${script} ended with ${status}`);
  return python;
}
