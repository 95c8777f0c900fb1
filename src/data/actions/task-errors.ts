import { NisusError } from '../../base/error.ts';

/** Thrown when a declaration of tasks contradicts itself or goes beyond a bound. Code `TASK_DECLARATION`. */
export class TaskDeclarationError extends NisusError {
  constructor(problem: string, fields: Record<string, unknown> = {}) {
    super('TASK_DECLARATION', `The tasks cannot be used: ${problem}`, { fields });
  }
}

/** Thrown when labels are asked for in a way that has no meaning. Code `TASK_LABELS`. */
export class TaskLabelsError extends NisusError {
  constructor(option: string, value: unknown, expected: string) {
    super('TASK_LABELS', `Labels: ${option} is ${String(value)}, expected ${expected}.`, { fields: { option, value } });
  }
}
