"""Writes a Hugging Face folder (fp16) from a llama-family GGUF: vLLM reads such folders, llama.cpp and wllama the GGUF.

Usage: gguf_to_hf.py MODEL.gguf FOLDER

FOLDER must exist. Its files hold the GGUF's own weights (dequantized), tokenizer and chat template, so that the same
request gives the same tokens on both sides, as far as the two engines' arithmetic agrees.
"""

import json
import sys
from pathlib import Path

import numpy as np
from gguf import GGUFReader
from gguf.quants import dequantize
from safetensors.numpy import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

TENSOR_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
}

# GGUF's token types (llama.cpp's enum llama_token_type): special tokens and those a user added.
CONTROL, USER_DEFINED = 3, 4


def fail(message):
    sys.exit(f"gguf_to_hf.py: {message}")


def main(gguf_path, folder):
    reader = GGUFReader(gguf_path)
    meta = {key: field.contents() for key, field in reader.fields.items()}
    if meta["general.architecture"] != "llama":
        fail(f"{gguf_path} is a {meta['general.architecture']} model; only the llama family is understood.")
    if (meta["tokenizer.ggml.model"], meta["tokenizer.ggml.pre"]) != ("gpt2", "smollm"):
        fail(f"{gguf_path} has the pre-tokenizer {meta['tokenizer.ggml.pre']}; only smollm's is understood.")

    weights = dict(convert_tensor(tensor, meta) for tensor in reader.tensors)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    build_tokenizer(meta).save(str(folder / "tokenizer.json"))
    write_json(folder / "config.json", model_config(meta, tied="lm_head.weight" not in weights))
    write_json(folder / "tokenizer_config.json", tokenizer_config(meta))
    write_json(folder / "generation_config.json", special_ids(meta))


def convert_tensor(tensor, meta):
    values = dequantize(tensor.data, tensor.tensor_type)
    parts = tensor.name.removesuffix(".weight").split(".")
    kind = parts[-1]
    if kind not in TENSOR_NAMES or not tensor.name.endswith(".weight"):
        fail(f"the tensor {tensor.name} is not one of a llama-family model.")
    if kind == "attn_q":
        values = undo_permutation(values, meta["llama.attention.head_count"])
    elif kind == "attn_k":
        values = undo_permutation(values, meta["llama.attention.head_count_kv"])
    prefix = f"model.layers.{parts[1]}." if parts[0] == "blk" else ""
    return f"{prefix}{TENSOR_NAMES[kind]}.weight", np.ascontiguousarray(values, dtype=np.float16)


def undo_permutation(values, heads):
    """llama.cpp rotates neighbouring pairs (0,1), (2,3) …; Hugging Face the halves (0, d/2), (1, d/2+1) … of a head."""
    rows, columns = values.shape
    return values.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def build_tokenizer(meta):
    tokens, types = meta["tokenizer.ggml.tokens"], meta["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ")) for merge in meta["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE(vocab={token: index for index, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.add_special_tokens([AddedToken(t, special=True) for t, kind in zip(tokens, types) if kind == CONTROL])
    tokenizer.add_tokens([AddedToken(t, normalized=False) for t, kind in zip(tokens, types) if kind == USER_DEFINED])
    return tokenizer


def model_config(meta, tied):
    heads = meta["llama.attention.head_count"]
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": meta["llama.embedding_length"],
        "intermediate_size": meta["llama.feed_forward_length"],
        "num_hidden_layers": meta["llama.block_count"],
        "num_attention_heads": heads,
        "num_key_value_heads": meta["llama.attention.head_count_kv"],
        "head_dim": meta.get("llama.rope.dimension_count", meta["llama.embedding_length"] // heads),
        "max_position_embeddings": meta["llama.context_length"],
        # Rounded because GGUF stores them as float32: 1e-5 reads as 9.999999747378752e-06.
        "rms_norm_eps": float(f"{meta['llama.attention.layer_norm_rms_epsilon']:.6g}"),
        "rope_theta": float(f"{meta['llama.rope.freq_base']:.6g}"),
        "vocab_size": len(meta["tokenizer.ggml.tokens"]),
        "tie_word_embeddings": tied,
        "attention_bias": False,
        "mlp_bias": False,
        "torch_dtype": "float16",
        **special_ids(meta),
    }


def special_ids(meta):
    return {
        "bos_token_id": meta["tokenizer.ggml.bos_token_id"],
        "eos_token_id": meta["tokenizer.ggml.eos_token_id"],
        "pad_token_id": meta["tokenizer.ggml.padding_token_id"],
    }


def tokenizer_config(meta):
    tokens = meta["tokenizer.ggml.tokens"]
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": meta["llama.context_length"],
        "bos_token": tokens[meta["tokenizer.ggml.bos_token_id"]],
        "eos_token": tokens[meta["tokenizer.ggml.eos_token_id"]],
        "unk_token": tokens[meta["tokenizer.ggml.unknown_token_id"]],
        "pad_token": tokens[meta["tokenizer.ggml.padding_token_id"]],
        "add_bos_token": meta["tokenizer.ggml.add_bos_token"],
        "add_prefix_space": meta["tokenizer.ggml.add_space_prefix"],
        # Spaces before punctuation are part of an answer; llama.cpp leaves them too.
        "clean_up_tokenization_spaces": False,
        "chat_template": meta["tokenizer.chat_template"],
    }


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        fail("expected MODEL.gguf and FOLDER.")
    main(sys.argv[1], Path(sys.argv[2]))
