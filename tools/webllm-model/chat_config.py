"""`mlc-chat-config.json`: what WebLLM has to know beside the library."""

import json

import model_shape as shape
import tokenizer


def write_chat_config(folder):
    roles = ("user", "assistant", "tool")
    config = {
        "version": "0.1.0",
        "model_type": "llama",
        "quantization": "q0f32",
        "model_config": {
            "hidden_size": shape.HIDDEN,
            "intermediate_size": shape.FEED_FORWARD,
            "num_hidden_layers": shape.LAYERS,
            "num_attention_heads": shape.HEADS,
            "num_key_value_heads": shape.KV_HEADS,
            "head_dim": shape.HEAD_LENGTH,
            "vocab_size": shape.VOCABULARY,
            "context_window_size": shape.CONTEXT_LENGTH,
            "prefill_chunk_size": shape.PREFILL_CHUNK,
            "rms_norm_eps": shape.NORM_EPSILON,
            "position_embedding_base": shape.ROPE_THETA,
        },
        "vocab_size": shape.VOCABULARY,
        "context_window_size": shape.CONTEXT_LENGTH,
        "sliding_window_size": -1,
        "prefill_chunk_size": shape.PREFILL_CHUNK,
        "attention_sink_size": -1,
        "tensor_parallel_shards": 1,
        "temperature": 1.0,
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        "repetition_penalty": 1.0,
        "top_p": 1.0,
        "tokenizer_files": ["tokenizer.json", "tokenizer_config.json"],
        "tokenizer_info": {
            "token_postproc_method": "byte_level",
            "prepend_space_in_encode": False,
            "strip_space_in_decode": False,
        },
        "pad_token_id": tokenizer.END_OF_TEXT,
        "bos_token_id": tokenizer.END_OF_TEXT,
        "eos_token_id": tokenizer.MESSAGE_END,
        # Writes the same prompt as the chat template of tokenizer_config.json.
        "conv_template": {
            "name": "chatml",
            "system_template": "<|im_start|>system\n{system_message}<|im_end|>\n",
            "system_message": "",
            "render_empty_system_message": False,
            "add_role_after_system_message": True,
            "roles": {role: f"<|im_start|>{role}" for role in roles},
            "role_templates": {role: f"{{{role}_message}}" for role in roles},
            "seps": ["<|im_end|>\n"],
            "role_content_sep": "\n",
            "role_empty_sep": "\n",
            "stop_str": ["<|im_end|>"],
            "stop_token_ids": [tokenizer.END_OF_TEXT, tokenizer.MESSAGE_END],
            "function_string": "",
        },
    }
    (folder / "mlc-chat-config.json").write_text(json.dumps(config, indent=1) + "\n")
