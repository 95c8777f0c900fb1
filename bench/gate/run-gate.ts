import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { summarize } from './compare.ts';
import { GateRunError } from './gate-error.ts';
import { parseCommandOutput, type CommandOutput, type Figures, type Gate } from './gate-file.ts';

/** What the runs of a gate gave. */
export interface GateOutcome {
  /** Over all runs, see {@link summarize}. */
  readonly figures: Figures;
  readonly protocol: string;
  readonly runs: readonly Figures[];
}

/**
 * Runs a gate's command as often as the gate says, its output streamed, in the repository.
 *
 * @param root the repository, where the command runs
 * @throws {@link GateRunError} when a run fails, takes longer than the gate's time, or writes no figures
 */
export async function runGate(gate: Gate, root: string): Promise<GateOutcome> {
  const outputs: CommandOutput[] = [];
  for (let run = 0; run < gate.runs; run++) {
    if (gate.runs > 1) console.log(`--- run ${run + 1} of ${gate.runs}`);
    outputs.push(await runOnce(gate, root));
  }
  const runs = outputs.map(({ figures }) => figures);
  return { figures: summarize(runs), protocol: outputs.at(-1)!.protocol, runs };
}

async function runOnce(gate: Gate, root: string): Promise<CommandOutput> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nisus-gate-'));
  const outputFile = path.join(folder, 'figures.json');
  try {
    const [program = '', ...args] = gate.command.split(/\s+/);
    const child = spawn(program === 'node' ? process.execPath : program, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, NISUS_GATE_OUTPUT: outputFile },
    });
    // A gate that is stopped takes its command with it: nobody would read the figures.
    const stop = () => void child.kill('SIGTERM');
    process.once('SIGINT', stop).once('SIGTERM', stop);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, gate.timeoutMinutes * 60_000);
    const ended = await new Promise<string | null>((resolve) => {
      child.once('error', (error) => resolve(`\`${gate.command}\` could not start: ${error.message}`));
      child.once('close', (code, signal) => resolve(code === 0 ? null : `\`${gate.command}\` ended with ${code ?? signal}`));
    });
    clearTimeout(timer);
    process.off('SIGINT', stop).off('SIGTERM', stop);
    if (isLate) throw new GateRunError(gate.id, `\`${gate.command}\` took longer than its ${gate.timeoutMinutes} minutes`);
    if (ended !== null) throw new GateRunError(gate.id, ended);
    return parseCommandOutput(readOutput(gate, outputFile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readOutput(gate: Gate, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new GateRunError(gate.id, `\`${gate.command}\` ended well but wrote no figures to the file that NISUS_GATE_OUTPUT names`);
  }
}
