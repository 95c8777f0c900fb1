import { NisusError } from '../../../base/error.ts';

/** Thrown when a baseline cannot be fitted: an option out of range, or a catalogue beyond its bound. */
export class BaselineError extends NisusError {}
