import { spawn } from 'node:child_process';
import { z } from 'zod';
import { NisusError } from '../../src/base/error.ts';

const stepTiming = z.looseObject({
  model: z.string(),
  engine: z.string(),
  medianMs: z.number().positive(),
  p10Ms: z.number().positive(),
  p90Ms: z.number().positive(),
});

/** What one child process measured: step times in milliseconds, its first steps left out. */
export type StepTiming = z.infer<typeof stepTiming>;

/** A program that times a training step and prints a {@link StepTiming} as its last line. */
export interface StepCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** Thrown when a program that was to time a step failed, or printed no timing. */
export class StepTimingError extends NisusError {
  constructor(command: StepCommand, why: string) {
    const line = [command.program, ...command.args].join(' ');
    super('STEP_TIMING_FAILED', `${line}: ${why}`, { fields: { command: line, why } });
  }
}

/**
 * Runs a program in a process of its own, so that neither engine finds the other's threads, memory or warm caches.
 *
 * @param root where it runs
 * @throws {@link StepTimingError} when it fails or its last line is no timing
 */
export async function timeStep(command: StepCommand, root: string): Promise<StepTiming> {
  const child = spawn(command.program, command.args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const ended = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? null : `ended with ${code ?? signal}. ${lastLines(errors, 12)}`));
  });
  if (ended !== null) throw new StepTimingError(command, ended);
  return parseStepTiming(command, output);
}

/**
 * Reads the last line of a program's output.
 *
 * @throws {@link StepTimingError} when that is no timing
 */
export function parseStepTiming(command: StepCommand, output: string): StepTiming {
  const line = lastLines(output, 1);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new StepTimingError(command, `its last line is not JSON but '${line.slice(0, 200)}'`);
  }
  const result = stepTiming.safeParse(value);
  if (!result.success) throw new StepTimingError(command, z.prettifyError(result.error));
  return result.data;
}

function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
