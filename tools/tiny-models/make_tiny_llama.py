"""Makes a llama small enough to be committed, as the ONNX exporters write theirs: int4 weights in MatMulNBits, GroupQueryAttention with
its rotary embedding inside, and a KV cache that goes in and out. Its weights are random and always the same, so it talks nonsense,
and always the same nonsense.

    python3 -m venv V && V/bin/pip install -r tools/tiny-models/requirements.txt
    V/bin/python tools/tiny-models/make_tiny_llama.py test/fixtures/models/tiny-llama-onnx
    V/bin/python tools/tiny-models/make_tiny_llama.py test/fixtures/models/tiny-llama-onnx-f16 --half

Beside the model it writes `reference.json`: logits and greedy tokens, computed by numpy in float64 from the same weights and by none of
the code that runs the model, and checked against onnxruntime on this machine before anything is written. With `--half` it computes in 16-bit
floats, as models for GPUs that have them do, keeps its cache in them, and its weights beside the graph.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from tiny_tokenizer import CHAT_TEMPLATE, END_OF_TURN, train_tokenizer

# Of those with which every greedy decision is won by enough for any way of rounding.
SEED = 20
SEED_OF_HALF = 3
VOCABULARY = 512
HIDDEN = 64
LAYERS = 2
HEADS = 4
KV_HEADS = 2
HEAD_SIZE = HIDDEN // HEADS
INTERMEDIATE = 128
CONTEXT = 512
EPSILON = 1e-5
THETA = 10_000.0
BLOCK = 32
# Without it a random model repeats one token for ever.
GAIN = 6.0

PROMPTS = [
    "Hello",
    "The river is wide, and the other shore is far away.",
    "Zwölf Boxkämpfer jagen Viktor über den Sylter Deich. 🛶",
]
GREEDY_TOKENS = 24
GREEDY_TOKENS_OF_HALF = 8


def quantize(weight, scale_type):
    """int4 blocks along the input, as MatMulNBits keeps them: `weight` is [in, out]. Gives the packed form and what it stands for."""
    inputs, outputs = weight.shape
    blocks = weight.T.reshape(outputs, inputs // BLOCK, BLOCK)
    scales = (np.abs(blocks).max(axis=2) / 7).astype(scale_type)
    levels = np.clip(np.rint(blocks / scales[..., None].astype(np.float64)) + 8, 0, 15).astype(np.uint8)
    packed = (levels[..., 0::2] | (levels[..., 1::2] << 4)).astype(np.uint8)
    meant = (levels.astype(np.float64) - 8) * scales[..., None].astype(np.float64)
    return packed, scales, meant.reshape(outputs, inputs).T


class Graph:
    """The nodes and weights of a graph while it grows."""

    def __init__(self, half):
        self.half = half
        self.nodes = []
        self.weights = {}
        self.meant = {}

    def weight(self, name, array):
        if self.half and array.dtype == np.float32:
            array = array.astype(np.float16)
        self.weights[name] = array
        self.meant[name] = array.astype(np.float64)
        return name

    def node(self, kind, inputs, output, domain="", **attributes):
        outputs = output if isinstance(output, list) else [output]
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=outputs[0], domain=domain, **attributes))
        return outputs[0]

    def quantized(self, name, weight, x, output):
        packed, scales, self.meant[name] = quantize(weight, np.float16 if self.half else np.float32)
        self.weights[f"{name}.q4"], self.weights[f"{name}.scales"] = packed, scales
        inputs, outputs = weight.shape
        # accuracy_level 1: activations stay float32, so that every backend computes the same.
        return self.node("MatMulNBits", [x, f"{name}.q4", f"{name}.scales"], output, "com.microsoft",
                         K=inputs, N=outputs, bits=4, block_size=BLOCK, accuracy_level=1)


def rotary_tables():
    frequencies = THETA ** (-np.arange(0, HEAD_SIZE, 2) / HEAD_SIZE)
    angles = np.outer(np.arange(CONTEXT), frequencies)
    return np.cos(angles), np.sin(angles)


def build(half=False):
    random = np.random.default_rng(SEED_OF_HALF if half else SEED)
    draw = lambda inputs, outputs, gain=1.0: random.standard_normal((inputs, outputs)) * gain / np.sqrt(inputs)
    graph = Graph(half)
    cos, sin = rotary_tables()
    graph.weight("cos", cos.astype(np.float32))
    graph.weight("sin", sin.astype(np.float32))
    graph.weight("one", np.array([1], np.int64))
    graph.weight("axis1", np.array([1], np.int64))

    graph.node("ReduceSum", ["attention_mask", "axis1"], "tokens_in_all", keepdims=1)
    graph.node("Sub", ["tokens_in_all", "one"], "last_position")
    graph.node("Cast", ["last_position"], "seqlens_k", to=TensorProto.INT32)
    graph.node("Shape", ["attention_mask"], "mask_shape")
    graph.weight("index1", np.array(1, np.int64))
    graph.node("Gather", ["mask_shape", "index1"], "total_length", axis=0)
    graph.node("Cast", ["total_length"], "total_sequence_length", to=TensorProto.INT32)

    graph.weight("embed", random.standard_normal((VOCABULARY, HIDDEN)).astype(np.float32))
    x = graph.node("Gather", ["embed", "input_ids"], "embedded")
    residual = None
    for layer in range(LAYERS):
        p = f"layers.{layer}"
        x, residual = norm(graph, f"{p}.input_norm", x, residual)
        q = graph.quantized(f"{p}.q", draw(HIDDEN, HIDDEN), x, f"{p}.q.out")
        k = graph.quantized(f"{p}.k", draw(HIDDEN, KV_HEADS * HEAD_SIZE), x, f"{p}.k.out")
        v = graph.quantized(f"{p}.v", draw(HIDDEN, KV_HEADS * HEAD_SIZE), x, f"{p}.v.out")
        past = [f"past_key_values.{layer}.key", f"past_key_values.{layer}.value"]
        present = [f"present.{layer}.key", f"present.{layer}.value"]
        attended = graph.node("GroupQueryAttention",
                              [q, k, v, *past, "seqlens_k", "total_sequence_length", "cos", "sin"],
                              [f"{p}.attended", *present], "com.microsoft",
                              num_heads=HEADS, kv_num_heads=KV_HEADS, do_rotary=1, rotary_interleaved=0)
        x = graph.quantized(f"{p}.o", draw(HIDDEN, HIDDEN, GAIN), attended, f"{p}.o.out")
        x, residual = norm(graph, f"{p}.post_norm", x, residual)
        gate = graph.quantized(f"{p}.gate", draw(HIDDEN, INTERMEDIATE), x, f"{p}.gate.out")
        up = graph.quantized(f"{p}.up", draw(HIDDEN, INTERMEDIATE), x, f"{p}.up.out")
        graph.node("Sigmoid", [gate], f"{p}.sigmoid")
        graph.node("Mul", [gate, f"{p}.sigmoid"], f"{p}.silu")
        graph.node("Mul", [f"{p}.silu", up], f"{p}.gated")
        x = graph.quantized(f"{p}.down", draw(INTERMEDIATE, HIDDEN, GAIN), f"{p}.gated", f"{p}.down.out")
    x, _ = norm(graph, "final_norm", x, residual)
    graph.quantized("lm_head", draw(HIDDEN, VOCABULARY, 3.0), x, "logits")
    return graph


def norm(graph, name, x, residual):
    """Adds `x` to the residual and normalizes the sum; the first norm of all has nothing to add. Gives both."""
    graph.weight(f"{name}.weight", np.ones(HIDDEN, np.float32))
    if residual is None:
        return graph.node("SimplifiedLayerNormalization", [x, f"{name}.weight"], f"{name}.out",
                          axis=-1, epsilon=EPSILON, stash_type=1), x
    graph.node("SkipSimplifiedLayerNormalization", [residual, x, f"{name}.weight"],
               [f"{name}.out", "", "", f"{name}.sum"], "com.microsoft", epsilon=EPSILON)
    return f"{name}.out", f"{name}.sum"


def to_model(graph):
    float_type = TensorProto.FLOAT16 if graph.half else TensorProto.FLOAT
    kv = lambda name, length: helper.make_tensor_value_info(
        name, float_type, ["batch_size", KV_HEADS, length, HEAD_SIZE])
    names = [f"{layer}.{part}" for layer in range(LAYERS) for part in ("key", "value")]
    inputs = [
        helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch_size", "sequence_length"]),
        helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch_size", "total_sequence_length"]),
        *[kv(f"past_key_values.{name}", "past_sequence_length") for name in names],
    ]
    outputs = [
        helper.make_tensor_value_info("logits", float_type, ["batch_size", "sequence_length", VOCABULARY]),
        *[kv(f"present.{name}", "total_sequence_length") for name in names],
    ]
    weights = [numpy_helper.from_array(array, name) for name, array in graph.weights.items()]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "tiny-llama", inputs, outputs, weights),
        opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)],
        ir_version=9,
        producer_name="orilla",
    )
    return model


def reference_logits(meant, ids):
    """All logits for these tokens, in float64, without a cache."""
    rms = lambda x, w: x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + EPSILON) * w
    cos, sin = (table[: len(ids), None, :] for table in rotary_tables())

    def rotate(x):
        first, second = x[..., : HEAD_SIZE // 2], x[..., HEAD_SIZE // 2 :]
        return np.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)

    x = meant["embed"][ids]
    mask = np.triu(np.full((len(ids), len(ids)), -np.inf), 1)
    for layer in range(LAYERS):
        weight = lambda name: meant[f"layers.{layer}.{name}"]
        normed = rms(x, weight("input_norm.weight"))
        q = rotate((normed @ weight("q")).reshape(-1, HEADS, HEAD_SIZE))
        k = rotate((normed @ weight("k")).reshape(-1, KV_HEADS, HEAD_SIZE)).repeat(HEADS // KV_HEADS, axis=1)
        v = (normed @ weight("v")).reshape(-1, KV_HEADS, HEAD_SIZE).repeat(HEADS // KV_HEADS, axis=1)
        scores = np.einsum("qhd,khd->hqk", q, k) / np.sqrt(HEAD_SIZE) + mask
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        x = x + np.einsum("hqk,khd->qhd", shares, v).reshape(len(ids), HIDDEN) @ weight("o")
        normed = rms(x, weight("post_norm.weight"))
        gate = normed @ weight("gate")
        x = x + (gate / (1 + np.exp(-gate)) * (normed @ weight("up"))) @ weight("down")
    return rms(x, meant["final_norm.weight"]) @ meant["lm_head"]


def greedy(meant, ids, count):
    """Tokens by highest logit, and by how much the closest of these decisions was won."""
    tokens, margin = [], np.inf
    for _ in range(count):
        logits = reference_logits(meant, ids + tokens)[-1]
        second, first = np.sort(logits)[-2:]
        margin = min(margin, first - second)
        tokens.append(int(logits.argmax()))
    return tokens, margin


def onnxruntime_logits(model, ids, half):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    empty = np.zeros((1, KV_HEADS, 0, HEAD_SIZE), np.float16 if half else np.float32)
    feeds = {name.name: empty for name in session.get_inputs() if name.name.startswith("past_")}
    feeds["input_ids"] = np.array([ids], np.int64)
    feeds["attention_mask"] = np.ones((1, len(ids)), np.int64)
    return session.run(["logits"], feeds)[0][0]


def main(folder, half):
    graph = build(half)
    model = to_model(graph)
    tokenizer = train_tokenizer(VOCABULARY)
    cases = []
    for prompt in PROMPTS:
        ids = tokenizer.encode(prompt, add_special_tokens=False).ids
        logits = reference_logits(graph.meant, ids)
        difference = np.abs(logits - onnxruntime_logits(model, ids, half)).max()
        tokens, margin = greedy(graph.meant, ids, GREEDY_TOKENS_OF_HALF if half else GREEDY_TOKENS)
        print(f"{len(ids)} tokens: onnxruntime differs by {difference:.1e}, closest decision {margin:.3f}, "
              f"{len(set(tokens))} of {len(tokens)} tokens are different ones")
        if difference > (0.05 if half else 1e-3) or margin < (0.1 if half else 0.02):
            raise SystemExit("The reference isn't one to compare with: change the seed.")
        cases.append({"prompt": prompt, "promptTokens": ids, "logits": [round(float(x), 5) for x in logits[-1]],
                      "greedyTokens": tokens})

    folder.mkdir(parents=True, exist_ok=True)
    # The large ones keep their weights beside the graph: so does this one.
    beside = {"save_as_external_data": True, "location": "model.onnx_data", "size_threshold": 256} if half else {}
    (folder / "model.onnx_data").unlink(missing_ok=True)
    onnx.save(model, folder / "model.onnx", **beside)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    end = tokenizer.token_to_id(END_OF_TURN)
    write = lambda name, value: (folder / name).write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")
    write("tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": False,
                                    "bos_token": "<|im_start|>", "eos_token": END_OF_TURN, "pad_token": END_OF_TURN,
                                    "model_max_length": CONTEXT, "chat_template": CHAT_TEMPLATE})
    write("config.json", {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": VOCABULARY,
                          "hidden_size": HIDDEN, "intermediate_size": INTERMEDIATE, "num_hidden_layers": LAYERS,
                          "num_attention_heads": HEADS, "num_key_value_heads": KV_HEADS, "head_dim": HEAD_SIZE,
                          "max_position_embeddings": CONTEXT, "rms_norm_eps": EPSILON, "rope_theta": THETA,
                          "hidden_act": "silu", "tie_word_embeddings": False, "eos_token_id": end})
    write("generation_config.json", {"eos_token_id": [end, tokenizer.token_to_id("<|endoftext|>")]})
    write("reference.json", {"cases": cases})
    for file in sorted(folder.iterdir()):
        print(f"{file.name}: {file.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), half="--half" in sys.argv)
