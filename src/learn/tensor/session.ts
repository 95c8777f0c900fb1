import * as ort from 'onnxruntime-node';

/**
 * An ONNX Runtime session over a file or bytes with the project's settings.
 *
 * @param options.fuseTransposes whether transposes become part of products: better for few rows, as when serving, worse for the long
 *   ones of a training step @default true
 */
export async function openSession(
  model: string | Uint8Array,
  options: { readonly threads?: number; readonly spin?: boolean; readonly fuseTransposes?: boolean } = {},
): Promise<ort.InferenceSession> {
  const settings: ort.InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads ?? 2,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Shapes change from batch to batch; a pattern kept for each would only cost memory.
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: {
      ...(options.fuseTransposes === false && { optimization: { disable_specified_optimizers: 'MatmulTransposeFusion' } }),
      session: {
        set_denormal_as_zero: '1',
        intra_op: { allow_spinning: options.spin === false ? '0' : '1' },
      },
    },
  };
  return typeof model === 'string' ? ort.InferenceSession.create(model, settings) : ort.InferenceSession.create(model, settings);
}
