"""Seeded random weights, and the files in which WebLLM reads them."""

import json

import numpy as np

import model_shape as shape
import tokenizer as tokens

SHARD_BYTES = 256 * 1024


def make_weights(tokenizer):
    """f32 arrays by name; the same on every machine: numpy promises PCG64's stream, and the sums here are exact."""
    bits = np.random.Generator(np.random.PCG64(shape.SEED))
    made = {}
    for name, dimensions in shape.parameters():
        # Uniform in [-1, 1) in steps of 2^-23, of the variance that keeps a layer's output as large as its input.
        steps = bits.integers(-(2**23), 2**23, size=dimensions, dtype=np.int64)
        values = (steps / 2**23).astype(np.float64)
        if name.endswith("norm.weight"):
            made[name] = (1 + values / 8).astype(np.float32)
            continue
        gain = shape.PROJECTION_GAIN if name.split(".")[-2] in ("o_proj", "down_proj") else 1
        width = 1 if name.startswith("embed") else dimensions[-1]
        made[name] = (values * gain * np.sqrt(3 / width)).astype(np.float32)
    made["lm_head.weight"][unwritten(tokenizer)] /= 4
    return made


def unwritten(tokenizer):
    """Ids that would make the text unreadable: they are there and seldom win."""
    readable = [piece.isascii() and piece.decode().isprintable() for piece in tokenizer.bytes]
    return [*(token for token, is_readable in enumerate(readable) if not is_readable), tokens.END_OF_TEXT, tokens.MESSAGE_START]


def write_weights(folder, weights):
    shards = []
    for name, values in weights.items():
        data = values.astype("<f4").tobytes()
        if not shards or sum(len(piece) for _, piece in shards[-1]) + len(data) > SHARD_BYTES:
            shards.append([])
        shards[-1].append((name, data))
    records = [write_shard(folder, index, shard, weights) for index, shard in enumerate(shards)]
    total = sum(record["nbytes"] for record in records)
    cache = {"metadata": {"ParamSize": len(weights), "ParamBytes": total, "BitsPerParam": 32}, "records": records}
    (folder / "tensor-cache.json").write_text(json.dumps(cache, indent=1) + "\n")


def write_shard(folder, index, shard, weights):
    name = f"params_shard_{index}.bin"
    (folder / name).write_bytes(b"".join(data for _, data in shard))
    at, records = 0, []
    for parameter, data in shard:
        records.append(
            {
                "name": parameter,
                "shape": list(weights[parameter].shape),
                "dtype": "float32",
                "format": "raw",
                "nbytes": len(data),
                "byteOffset": at,
            }
        )
        at += len(data)
    return {"dataPath": name, "format": "raw-shard", "nbytes": at, "records": records}
