"""Joins what attention saw in the tokens of this step with what it saw in the cache."""

from tvm.script import tirx as T

import model_shape as shape

HEADS = shape.HEADS
LENGTH = shape.HEAD_LENGTH


@T.prim_func(s_tir=True)
def merge_state(value_handle: T.handle, scale_handle: T.handle, other_handle: T.handle, other_scale_handle: T.handle):
    """One thread for each head. In TVM's own several threads read a scale that one of them has overwritten where they do not run in step."""
    T.func_attr({"tirx.is_scheduled": True})
    N = T.int32()
    value = T.match_buffer(value_handle, (N, HEADS, LENGTH), "float32")
    scale = T.match_buffer(scale_handle, (N, HEADS), "float32")
    other = T.match_buffer(other_handle, (N, HEADS, LENGTH), "float32")
    other_scale = T.match_buffer(other_scale_handle, (N, HEADS), "float32")
    for token in T.thread_binding(N, thread="blockIdx.x"):
        for head in T.thread_binding(HEADS, thread="threadIdx.x"):
            with T.sblock("merge"):
                T.reads(value[token, head, 0:LENGTH], scale[token, head], other[token, head, 0:LENGTH], other_scale[token, head])
                T.writes(value[token, head, 0:LENGTH], scale[token, head])
                most = T.sblock_alloc_buffer((1,), "float32", scope="local")
                share = T.sblock_alloc_buffer((1,), "float32", scope="local")
                other_share = T.sblock_alloc_buffer((1,), "float32", scope="local")
                most[0] = T.max(scale[token, head], other_scale[token, head])
                share[0] = T.exp2(scale[token, head] - most[0])
                other_share[0] = T.exp2(other_scale[token, head] - most[0])
                for place in range(LENGTH):
                    value[token, head, place] = (
                        value[token, head, place] * share[0] + other[token, head, place] * other_share[0]
                    ) / (share[0] + other_share[0])
                scale[token, head] = T.log2(share[0] + other_share[0]) + most[0]
