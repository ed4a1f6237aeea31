"""The sizes of the tiny model, and the seed of its weights."""

HIDDEN = 64
FEED_FORWARD = 128
LAYERS = 2
HEADS = 2
KV_HEADS = 1
HEAD_LENGTH = 32
VOCABULARY = 512
CONTEXT_LENGTH = 512
PREFILL_CHUNK = 128
ROPE_THETA = 10000
NORM_EPSILON = 1e-5
SEED = 7

# Random weights would write the same token for ever if what a layer adds were as small as in a trained model.
PROJECTION_GAIN = 8


def parameters():
    """Names and shapes, in the order in which the library counts them."""
    found = [("embed_tokens.weight", (VOCABULARY, HIDDEN))]
    for layer in range(LAYERS):
        prefix = f"layers.{layer}."
        found += [
            (prefix + "input_norm.weight", (HIDDEN,)),
            (prefix + "qkv_proj.weight", ((HEADS + 2 * KV_HEADS) * HEAD_LENGTH, HIDDEN)),
            (prefix + "o_proj.weight", (HIDDEN, HEADS * HEAD_LENGTH)),
            (prefix + "post_norm.weight", (HIDDEN,)),
            (prefix + "gate_up_proj.weight", (2 * FEED_FORWARD, HIDDEN)),
            (prefix + "down_proj.weight", (HIDDEN, FEED_FORWARD)),
        ]
    return found + [("norm.weight", (HIDDEN,)), ("lm_head.weight", (VOCABULARY, HIDDEN))]
