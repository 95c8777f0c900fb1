import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { NisusError } from '../../src/base/error.ts';

/** Thrown when the machine stays busy: step times would say more about its other work than about either engine. */
export class BusyMachineError extends NisusError {
  constructor(idleShare: number, minutesMax: number) {
    const percent = Math.round(idleShare * 100);
    super(
      'MACHINE_BUSY',
      `After ${minutesMax} minutes the processors are still only ${percent} % idle: stop other work, or measure with --any-load.`,
      {
        fields: { idleShare, minutesMax },
      },
    );
  }
}

/**
 * Waits until the processors are idle for two seconds. PyTorch's threads spin at their barriers and suffer more than
 * ours from a busy machine (a step took ten times as long), so that a figure taken under load flatters us.
 *
 * @param idleShareMin how idle is idle @default 0.9
 * @throws {@link BusyMachineError} after `minutesMax`
 */
export async function waitForQuietMachine(minutesMax: number, idleShareMin = 0.9): Promise<void> {
  const end = Date.now() + minutesMax * 60_000;
  for (;;) {
    const before = readTicks();
    await sleep(2000);
    const after = readTicks();
    const idleShare = (after.idle - before.idle) / Math.max(1, after.all - before.all);
    if (idleShare >= idleShareMin) return;
    if (Date.now() > end) throw new BusyMachineError(idleShare, minutesMax);
  }
}

function readTicks(): { readonly idle: number; readonly all: number } {
  let [idle, all] = [0, 0];
  for (const { times } of os.cpus()) {
    idle += times.idle;
    all += times.idle + times.user + times.nice + times.sys + times.irq;
  }
  return { idle, all };
}
