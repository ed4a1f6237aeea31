"""The same model in float64, with nothing but numpy: what the library has to agree with."""

import json

import numpy as np

import model_shape as shape
import tokenizer as tokens

USER_MESSAGE = "What is the name of the town?"
PROMPT = f"<|im_start|>user\n{USER_MESSAGE}<|im_end|>\n<|im_start|>assistant\n"
GREEDY_TOKENS = 24


def logits_after(weights, ids):
    """Those of the token that follows `ids`: f64[vocabulary]."""
    x = weights["embed_tokens.weight"][ids]
    for layer in range(shape.LAYERS):
        own = {name.split(".", 2)[2]: value for name, value in weights.items() if name.startswith(f"layers.{layer}.")}
        x = x + attend(own, normed(x, own["input_norm.weight"]))
        gate, up = np.split(normed(x, own["post_norm.weight"]) @ own["gate_up_proj.weight"].T, 2, axis=-1)
        x = x + (gate / (1 + np.exp(-gate)) * up) @ own["down_proj.weight"].T
    return weights["lm_head.weight"] @ normed(x[-1], weights["norm.weight"])


def normed(x, weight):
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + shape.NORM_EPSILON) * weight


def attend(own, x):
    length = len(x)
    heads = (x @ own["qkv_proj.weight"].T).reshape(length, -1, shape.HEAD_LENGTH)
    queries = rotated(heads[:, : shape.HEADS])
    keys = rotated(heads[:, shape.HEADS : shape.HEADS + shape.KV_HEADS])
    values = heads[:, shape.HEADS + shape.KV_HEADS :]
    group = shape.HEADS // shape.KV_HEADS
    scores = np.einsum("qhd,khd->hqk", queries, np.repeat(keys, group, axis=1)) * shape.HEAD_LENGTH**-0.5
    scores = np.where(np.tri(length, dtype=bool), scores, -np.inf)
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    seen = np.einsum("hqk,khd->qhd", shares, np.repeat(values, group, axis=1))
    return seen.reshape(length, -1) @ own["o_proj.weight"].T


def rotated(x):
    """Rotary positions, the first half of a head paired with the second."""
    half = shape.HEAD_LENGTH // 2
    angles = np.arange(len(x))[:, None] / shape.ROPE_THETA ** (np.arange(half) / half)
    cosine, sine = np.cos(angles)[:, None], np.sin(angles)[:, None]
    first, second = x[..., :half], x[..., half:]
    return np.concatenate([first * cosine - second * sine, second * cosine + first * sine], axis=-1)


def greedy(weights, ids, count):
    """The ids that follow and, for each, by how much its logit is above the next one's."""
    chosen, margins = [], []
    for _ in range(count):
        logits = logits_after(weights, ids + chosen)
        second, first = np.sort(logits)[-2:]
        chosen.append(int(np.argmax(logits)))
        margins.append(first - second)
    return chosen, margins


def make_reference(weights, tokenizer):
    wide = {name: values.astype(np.float64) for name, values in weights.items()}
    ids = tokenizer.encode(PROMPT)
    chosen, margins = greedy(wide, ids, GREEDY_TOKENS)
    # A tie that rounding decides, or an end, would make the comparison say nothing.
    if min(margins) < 1e-3 or tokens.MESSAGE_END in chosen or tokens.END_OF_TEXT in chosen:
        raise SystemExit("The weights' seed gives no text to compare by: choose another one in model_shape.py.")
    return {
        "messages": [{"role": "user", "content": USER_MESSAGE}],
        "prompt": PROMPT,
        "promptIds": ids,
        "logits": [float(logit) for logit in logits_after(wide, ids)],
        "greedyIds": chosen,
        "greedyBytes": b"".join(tokenizer.bytes[token] for token in chosen if token < len(tokenizer.bytes)).hex(),
        "leastMargin": float(min(margins)),
    }


def write_reference(folder, weights, tokenizer):
    (folder / "reference.json").write_text(json.dumps(make_reference(weights, tokenizer), indent=1) + "\n")
