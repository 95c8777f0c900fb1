import type { OutcomeSources } from './outcome-sources.ts';
import { conversionOutcomes } from './conversion-outcomes.ts';
import { responseOutcomes } from './response-outcomes.ts';
import { returnOutcomes } from './return-outcomes.ts';
import { checkTasks, type ResponseTask, type TaskDeclaration } from './task-declaration.ts';

/** What came of every place, in all the time that the log tells of. */
export interface TaskOutcomes {
  readonly tasks: readonly TaskDeclaration[];
  /**
   * `[places]` by task: milliseconds from when the place was seen to when the platform came to know of its first positive outcome;
   * Infinity where there is none, NaN where the place does not have the task. The moment itself, `seenMs + delay`, is exact.
   */
  readonly delaysMs: Readonly<Record<string, Float64Array>>;
}

/**
 * Outcomes of the places by task. An outcome happened within the task's window after the place was seen, never before; of several, the
 * one that was *known* first counts, so that a label as of any moment follows (`labelsAsOf`).
 *
 * Cost: linear in happenings and places, and a binary search a place and conversion task for each subject that it mentions.
 *
 * @param declarations checked by `checkTasks`
 * @throws {TaskDeclarationError}
 */
export function taskOutcomes(sources: OutcomeSources, declarations: readonly TaskDeclaration[]): TaskOutcomes {
  const tasks = checkTasks(declarations);
  const delaysMs: Record<string, Float64Array> = {};
  const responses = tasks.filter((task): task is ResponseTask => task.kind === 'response');
  const ofResponses = responseOutcomes(sources, responses);
  for (const task of tasks) {
    delaysMs[task.name] =
      task.kind === 'response'
        ? ofResponses[responses.indexOf(task)]!
        : task.kind === 'conversion'
          ? conversionOutcomes(sources, task)
          : returnOutcomes(sources, task);
  }
  return { tasks, delaysMs };
}
