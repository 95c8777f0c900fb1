import { NisusError } from '../../../base/error.ts';

/** Thrown by any call to a store of features that was closed. */
export class FeatureStoreClosedError extends NisusError {
  constructor() {
    super('FEATURE_STORE_CLOSED', 'The store of features is closed; open it again before use.');
  }
}

/** Thrown when a key is too long to be one. */
export class FeatureKeyError extends NisusError {
  constructor(key: string, bytesMax: number) {
    super('FEATURE_KEY', `A feature key has ${Buffer.byteLength(key)} bytes ("${key.slice(0, 40)}…"); expected at most ${bytesMax}.`, {
      fields: { bytes: Buffer.byteLength(key), bytesMax },
    });
  }
}
