"""The llama of `model_shape` as TVM's compiler reads it, with the functions that WebLLM looks for."""

from tvm import ir, relax, te
from tvm.relax.frontend import nn
from tvm.relax.frontend.nn import op
from tvm.relax.frontend.nn.llm import kv_cache
from tvm.target import Target

import merging
import model_shape as shape


class Cache(kv_cache.PagedKVCache):
    """TVM's paged cache without sliding windows and tree masks: their kernels would only take time to compile, here and in a browser."""

    @staticmethod
    def create(max_batch, max_total, chunk, page, sliding, target):
        builder = relax.BlockBuilder.current()
        heads, kv_heads, length = shape.HEADS, shape.KV_HEADS, shape.HEAD_LENGTH

        def add(name, function):
            return builder.add_func(function, name)

        def kernel(name, function):
            return relax.Tuple([ir.StringImm("tirx"), add(name, function)])

        absent = relax.Tuple([])
        rope = {}
        return Cache(
            _expr=relax.call_pure_packed(
                "vm.builtin.paged_attention_kv_cache_create",
                relax.ShapeExpr([max_batch, max_total, chunk, page, sliding]),
                relax.ShapeExpr([0, shape.LAYERS]),
                *[relax.prim_value(value) for value in (heads, kv_heads, length, length)],
                relax.ShapeExpr([int(kv_cache.AttnKind.MHA)] * shape.LAYERS),
                relax.prim_value(False),  # no disaggregation
                relax.prim_value(kv_cache.RopeMode.NORMAL),
                relax.prim_value(1),
                relax.prim_value(shape.ROPE_THETA),
                relax.prim_value(0),  # no extension factors
                relax.op.zeros((), "float32"),
                add("kv_cache_transpose_append", kv_cache._kv_cache_transpose_append(kv_heads, length, "float32")),
                relax.prim_value(0),  # no multi-head latent attention
                kernel(
                    "attention_prefill_ragged",
                    kv_cache._attention_prefill_ragged(kv_heads, heads, length, length, "float32", rope, target),
                ),
                kernel(
                    "attention_prefill",
                    kv_cache._attention_prefill(kv_heads, heads, length, "float32", False, rope, target),
                ),
                kernel(
                    "attention_decode",
                    kv_cache._attention_decode(kv_heads, heads, length, "float32", False, rope, target),
                ),
                *[absent] * 5,  # sliding windows: two; tree masks: two; latent attention
                relax.Tuple(
                    [add("merge_state", merging.merge_state)]
                ),
                add(
                    "split_rotary",
                    kv_cache.llama_rope_with_position_map(
                        shape.ROPE_THETA, 1, length, heads, kv_heads, "float32", rope, length
                    ),
                ),
                add("copy_single_page", kv_cache._copy_single_page(kv_heads, page, length, "float32", target)),
                add(
                    "debug_get_kv", kv_cache._kv_cache_debug_get_kv(shape.LAYERS, kv_heads, length, "float32")
                ),
                add("compact_kv_copy", kv_cache._compact_kv_copy(kv_heads, length, "float32", target)),
                ty_args=relax.AnyType(),
            ),
            _name="paged_kv_cache",
        )


class Layer(nn.Module):
    def __init__(self, index):
        self.index = index
        self.input_norm = norm()
        self.qkv_proj = nn.Linear(shape.HIDDEN, (shape.HEADS + 2 * shape.KV_HEADS) * shape.HEAD_LENGTH, bias=False)
        self.o_proj = nn.Linear(shape.HEADS * shape.HEAD_LENGTH, shape.HIDDEN, bias=False)
        self.post_norm = norm()
        self.gate_up_proj = nn.Linear(shape.HIDDEN, 2 * shape.FEED_FORWARD, bias=False)
        self.down_proj = nn.Linear(shape.FEED_FORWARD, shape.HIDDEN, bias=False)

    def forward(self, x, cache):
        batch, length, _ = x.shape
        heads = shape.HEADS + 2 * shape.KV_HEADS
        qkv = op.reshape(self.qkv_proj(self.input_norm(x)), (batch, length, heads, shape.HEAD_LENGTH))
        seen = cache.attention_with_fused_qkv(self.index, qkv, shape.HEADS, sm_scale=shape.HEAD_LENGTH**-0.5)
        x = x + self.o_proj(op.reshape(seen, (batch, length, shape.HEADS * shape.HEAD_LENGTH)))
        gate, up = op.split(self.gate_up_proj(self.post_norm(x)), 2, axis=-1)
        return x + self.down_proj(op.silu(gate) * up)


def norm():
    return nn.RMSNorm(shape.HIDDEN, axes=-1, epsilon=shape.NORM_EPSILON, bias=False)


class Llama(nn.Module):
    def __init__(self, target: Target):
        self.target = target
        self.embed_tokens = nn.Embedding(shape.VOCABULARY, shape.HIDDEN)
        self.layers = nn.ModuleList([Layer(index) for index in range(shape.LAYERS)])
        self.norm = norm()
        self.lm_head = nn.Linear(shape.HIDDEN, shape.VOCABULARY, bias=False)

    def embed(self, tokens: nn.Tensor):
        return self.embed_tokens(tokens)

    def prefill(self, embedded: nn.Tensor, cache: Cache):
        return self.through(embedded, cache), cache

    def decode(self, embedded: nn.Tensor, cache: Cache):
        return self.through(embedded, cache), cache

    def through(self, x, cache):
        for layer in self.layers:
            x = layer(x, cache)
        return self.lm_head(self.norm(op.tensor_expr_op(last_position, "last_position", [x])))

    def create_tir_paged_kv_cache(self, max_batch, max_total, chunk, page, sliding):
        # WebLLM has pages of 16 tokens, and the kernels are written for that.
        del page
        return Cache.create(max_batch, max_total, chunk, 16, sliding, self.target)

    def softmax_with_temperature(self, logits: nn.Tensor, temperature: nn.Tensor):
        return op.softmax(logits / op.reshape(temperature, (temperature.shape[0], 1, 1)), axis=-1)

    def methods(self):
        """What is exported, with the shapes of its arguments."""
        number = nn.spec.Int
        alone = {"param_mode": "none", "effect_mode": "none"}
        packed = {"param_mode": "packed", "effect_mode": "none"}
        cache = nn.spec.Object(object_type=Cache)
        tensor = nn.spec.Tensor
        return {
            "embed": {"tokens": tensor(["length"], "int32"), "$": packed},
            "prefill": {"embedded": tensor([1, "length", shape.HIDDEN], "float32"), "cache": cache, "$": packed},
            "decode": {"embedded": tensor([1, 1, shape.HIDDEN], "float32"), "cache": cache, "$": packed},
            "create_tir_paged_kv_cache": {
                **{name: number() for name in ("max_batch", "max_total", "chunk", "page", "sliding")},
                "$": alone,
            },
            "softmax_with_temperature": {
                "logits": tensor(["batch", 1, shape.VOCABULARY], "float32"),
                "temperature": tensor(["batch"], "float32"),
                "$": alone,
            },
        }


def last_position(x):
    _, length, hidden = x.shape
    return te.compute((1, 1, hidden), lambda _, __, i: x[0, length - 1, i], name="last_position")
