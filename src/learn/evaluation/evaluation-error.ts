import { NisusError } from '../../base/error.ts';

/** Thrown when a split, an evaluation or a comparison is asked for something that the data or the ranker cannot give. */
export class EvaluationError extends NisusError {}
