/**
 * {@link hstuRanker} cut in two: what blocks make of a history, which can be kept and extended by later actions, and
 * candidates in the light of it. No action looks on a later one and positions are relative, so nothing kept ever changes.
 */
import { mergeHeads, splitHeads } from '../../../nn/heads.ts';
import { inLayer } from '../../../tensor/layer-path.ts';
import { add } from '../../../tensor/operators/binary.ts';
import { concatenate } from '../../../tensor/operators/shape.ts';
import type { Tensor } from '../../../tensor/tensor.ts';
import {
  attentionToSelf,
  transducerAttention,
  transducerBlocks,
  transducerOutput,
  transducerParts,
  type HstuRankerConfig,
} from '../hstu-ranker.ts';
import { placesOfCandidates, placesOfLaterActions } from '../relative-bias.ts';
import type { BlockCache, EncodedHistory } from './serving-inputs.ts';

/**
 * What every block remembers of some actions, `[1, length, heads × size]` each. Cost: length × (past + length).
 *
 * @param actions `[1, length, dim]`, those behind `past`, the oldest first
 * @param actionSeconds int32 `[1, length]`
 */
export function encodeLaterActions(config: HstuRankerConfig, actions: Tensor, actionSeconds: Tensor, past: EncodedHistory): BlockCache[] {
  const places = placesOfLaterActions(past.seconds, { actionSeconds }, config.maxLength);
  let x = actions;
  return transducerBlocks(config).map((block, at) =>
    inLayer(block.name, () => {
      const parts = transducerParts(x, block, config);
      const own = { key: mergeHeads(parts.key, config.heads), value: mergeHeads(parts.value, config.heads) };
      if (at < config.blocks - 1) {
        const all = (part: 'key' | 'value') => splitHeads(concatenate([past.blocks[at]![part], own[part]], 1), config.heads);
        const attended = transducerAttention(parts.query, { key: all('key'), value: all('value') }, block.bias.of(places), config);
        x = transducerOutput(x, parts.gate, attended, block, config);
      }
      return own;
    }),
  );
}

/**
 * Candidates of one page in the light of an encoded history: `[1, candidates, dim]`.
 *
 * @param page int32 `[1, 1]`: actions it may see, and when it was asked for, in seconds since the first of them
 */
export function candidatesOfEncoded(
  config: HstuRankerConfig,
  candidates: Tensor,
  page: { readonly visible: Tensor; readonly seconds: Tensor },
  past: EncodedHistory,
): Tensor {
  // A bias row is the same for all candidates: [1, 1, past].
  const places = placesOfCandidates(
    { actionSeconds: past.seconds, candidateSeconds: page.seconds, visible: page.visible },
    config.maxLength,
  );
  return transducerBlocks(config).reduce(
    (x, block, at) =>
      inLayer(block.name, () => {
        const asking = transducerParts(x, block, config);
        const { key, value } = past.blocks[at]!;
        const seen = { key: splitHeads(key, config.heads), value: splitHeads(value, config.heads) };
        const fromHistory = transducerAttention(asking.query, seen, block.bias.of(places), config);
        return transducerOutput(x, asking.gate, add(fromHistory, attentionToSelf(asking, block.bias.self, config)), block, config);
      }),
    candidates,
  );
}
