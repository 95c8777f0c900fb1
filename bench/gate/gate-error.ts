import { NisusError } from '../../src/base/error.ts';

/** Thrown when a gate's file cannot be understood. */
export class GateFileError extends NisusError {
  constructor(file: string, why: string) {
    super('GATE_FILE_INVALID', `${file}: ${why}`, { fields: { file, why } });
  }
}

/** Thrown when a gate's command gave no figures: it failed, ran out of time, or wrote nothing. */
export class GateRunError extends NisusError {
  constructor(gate: string, why: string) {
    super('GATE_RUN_FAILED', `gate ${gate}: ${why}`, { fields: { gate, why } });
  }
}
