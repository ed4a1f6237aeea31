"""Makes an encoder small enough to be committed, with the inputs and the output that exporters give BERT's: each token's vector depends on
the token and on the mean of all that the mask lets through. Its weights are random and always the same.

    python3 -m venv V && V/bin/pip install -r tools/tiny-models/requirements.txt
    V/bin/python tools/tiny-models/make_tiny_encoder.py test/fixtures/models/tiny-encoder-onnx

Beside the model it writes `reference.json`: tokens and the mean and cls vectors of length one, computed by numpy in float64.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SEED = 7
HIDDEN = 8
CONTEXT = 16
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "river", "shore", "far", "##ther", "is", "a", "boat", "cafe", ".", "水"]
TEXTS = {
    "The river.": [2, 4, 5, 13, 3],
    "farther SHORE": [2, 7, 8, 6, 3],
    "A boat is far": [2, 10, 11, 9, 7, 3],
    "Café 水 unknown": [2, 12, 14, 1, 3],
}


def special(token):
    return {"id": WORDS.index(token), "content": token, "special": True, "normalized": False,
            "single_word": False, "lstrip": False, "rstrip": False}


def tokenizer():
    return {
        "version": "1.0",
        # As BERT's own files have them; whoever cuts or pads in silence gives other vectors.
        "truncation": {"max_length": 4, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 32}, "direction": "Right", "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
        "added_tokens": [special(token) for token in WORDS[:4]],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "pair": [],
            "special_tokens": {token: {"id": token, "ids": [WORDS.index(token)], "tokens": [token]}
                               for token in ["[CLS]", "[SEP]"]},
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {word: id for id, word in enumerate(WORDS)}},
    }


def graph(words, types):
    constant = lambda name, value: numpy_helper.from_array(np.asarray(value), name)
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
              for name in ["input_ids", "attention_mask", "token_type_ids"]]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", HIDDEN])
    nodes = [
        helper.make_node("Gather", ["words", "input_ids"], ["word"]),
        helper.make_node("Gather", ["types", "token_type_ids"], ["type"]),
        helper.make_node("Add", ["word", "type"], ["token"]),
        helper.make_node("Cast", ["attention_mask"], ["flat_mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["flat_mask", "last"], ["mask"]),
        helper.make_node("Mul", ["token", "mask"], ["seen"]),
        helper.make_node("ReduceSum", ["seen", "row"], ["sum"], keepdims=1),
        helper.make_node("ReduceSum", ["mask", "row"], ["count"], keepdims=1),
        helper.make_node("Div", ["sum", "count"], ["context"]),
        helper.make_node("Mul", ["context", "context"], ["squared"]),
        helper.make_node("Add", ["token", "squared"], ["last_hidden_state"]),
    ]
    weights = [constant("words", words), constant("types", types),
               constant("last", np.array([-1], np.int64)), constant("row", np.array([1], np.int64))]
    model = helper.make_model(helper.make_graph(nodes, "tiny-encoder", inputs, [output], weights),
                              opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def vectors(ids, words, types):
    token = words[ids].astype(np.float64) + types[0].astype(np.float64)
    hidden = token + token.mean(axis=0) ** 2
    unit = lambda vector: (vector / np.linalg.norm(vector)).tolist()
    return {"mean": unit(hidden.mean(axis=0)), "cls": unit(hidden[0])}


def main(folder):
    random = np.random.default_rng(SEED)
    words = random.normal(size=(len(WORDS), HIDDEN)).astype(np.float32)
    types = random.normal(size=(2, HIDDEN)).astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(graph(words, types), folder / "model.onnx")
    files = {
        "tokenizer.json": tokenizer(),
        "tokenizer_config.json": {"tokenizer_class": "BertTokenizer", "do_lower_case": True},
        "config.json": {"architectures": ["BertModel"], "model_type": "bert", "hidden_size": HIDDEN,
                        "max_position_embeddings": CONTEXT, "vocab_size": len(WORDS)},
        "reference.json": {"cases": [{"text": text, "tokens": ids, **vectors(np.array(ids), words, types)}
                                     for text, ids in TEXTS.items()]},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


main(Path(sys.argv[1]))
