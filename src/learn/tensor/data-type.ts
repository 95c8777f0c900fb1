/** Element types: weights and activations are float32, indices int32 or int64, masks bool. */
export type DataType = 'float32' | 'int32' | 'int64' | 'bool';
