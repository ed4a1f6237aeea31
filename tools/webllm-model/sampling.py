"""The kernels by which WebLLM turns logits into a token. Each is one small loop: the vocabulary is tiny."""

from tvm.script import tirx as T

import model_shape as shape

V = shape.VOCABULARY
WORDS = (V + 31) // 32


@T.prim_func(s_tir=True)
def rank_probs(probs_handle: T.handle, sorted_handle: T.handle, order_handle: T.handle):
    """Places each probability by counting those that go before it. TVM's own sort needs a third dimension of blocks, which WebGPU lacks."""
    T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
    B = T.int32()
    probs = T.match_buffer(probs_handle, (B, V), "float32")
    ranked = T.match_buffer(sorted_handle, (B, V), "float32")
    order = T.match_buffer(order_handle, (B, V), "int32")
    for row in T.thread_binding(B, thread="blockIdx.y"):
        for block in T.thread_binding(V // 64, thread="blockIdx.x"):
            for thread in T.thread_binding(64, thread="threadIdx.x"):
                with T.sblock("rank"):
                    T.reads(probs[row, 0:V])
                    T.writes(ranked[row, 0:V], order[row, 0:V])
                    before = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    before[0] = 0
                    for other in range(V):
                        if probs[row, other] > probs[row, block * 64 + thread] or (
                            probs[row, other] == probs[row, block * 64 + thread] and other < block * 64 + thread
                        ):
                            before[0] = before[0] + 1
                    ranked[row, before[0]] = probs[row, block * 64 + thread]
                    order[row, before[0]] = block * 64 + thread


@T.prim_func(s_tir=True)
def pick_top_p(
    sorted_handle: T.handle,
    order_handle: T.handle,
    random_handle: T.handle,
    rows_handle: T.handle,
    top_p_handle: T.handle,
    picked_handle: T.handle,
):
    """The most probable tokens whose sum reaches top_p, and of those the one that the random number falls on."""
    T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
    B = T.int32()
    M = T.int32()
    ranked = T.match_buffer(sorted_handle, (B, V), "float32")
    order = T.match_buffer(order_handle, (B, V), "int32")
    random = T.match_buffer(random_handle, (M,), "float32")
    rows = T.match_buffer(rows_handle, (M,), "int32")
    top_p = T.match_buffer(top_p_handle, (B,), "float32")
    picked = T.match_buffer(picked_handle, (M,), "int32")
    for sample in T.thread_binding(M, thread="blockIdx.x"):
        for thread in T.thread_binding(1, thread="threadIdx.x"):
            with T.sblock("pick"):
                T.reads(ranked[0:B, 0:V], order[0:B, 0:V], random[sample], rows[sample], top_p[0:B])
                T.writes(picked[sample])
                total = T.sblock_alloc_buffer((1,), "float32", scope="local")
                passed = T.sblock_alloc_buffer((1,), "float32", scope="local")
                found = T.sblock_alloc_buffer((1,), "int32", scope="local")
                total[0] = T.float32(0)
                for i in range(V):
                    if total[0] < top_p[rows[sample]]:
                        total[0] = total[0] + ranked[rows[sample], i]
                passed[0] = T.float32(0)
                found[0] = 0
                for i in range(V):
                    if passed[0] <= random[sample] * total[0] and ranked[rows[sample], i] > T.float32(0):
                        found[0] = i
                        passed[0] = passed[0] + ranked[rows[sample], i]
                picked[sample] = order[rows[sample], found[0]]


@T.prim_func(s_tir=True)
def apply_bitmask_inplace(logits_handle: T.handle, sequences_handle: T.handle, mask_handle: T.handle):
    """Forbids every token whose bit is 0."""
    T.func_attr({"global_symbol": "apply_bitmask_inplace", "tirx.is_scheduled": True, "tirx.noalias": True})
    B = T.int32()
    M = T.int32()
    logits = T.match_buffer(logits_handle, (B, V), "float32")
    sequences = T.match_buffer(sequences_handle, (M,), "int32")
    mask = T.match_buffer(mask_handle, (B, WORDS), "int32")
    for row in T.thread_binding(M, thread="blockIdx.y"):
        for block in T.thread_binding(V // 64, thread="blockIdx.x"):
            for thread in T.thread_binding(64, thread="threadIdx.x"):
                with T.sblock("mask"):
                    T.reads(sequences[row], mask[0:B, 0:WORDS])
                    T.writes(logits[0:B, 0:V])
                    if (
                        T.bitwise_and(
                            T.shift_right(
                                mask[sequences[row], block * 2 + T.shift_right(thread, 5)], T.bitwise_and(thread, 31)
                            ),
                            1,
                        )
                        == 0
                    ):
                        logits[sequences[row], block * 64 + thread] = T.float32(-3.4028234663852886e38)


@T.prim_func(s_tir=True)
def apply_logit_bias_inplace(
    logits_handle: T.handle, sequences_handle: T.handle, tokens_handle: T.handle, bias_handle: T.handle
):
    T.func_attr({"global_symbol": "apply_logit_bias_inplace", "tirx.is_scheduled": True, "tirx.noalias": True})
    B = T.int32()
    M = T.int32()
    logits = T.match_buffer(logits_handle, (B, V), "float32")
    sequences = T.match_buffer(sequences_handle, (M,), "int32")
    tokens = T.match_buffer(tokens_handle, (M,), "int32")
    bias = T.match_buffer(bias_handle, (M,), "float32")
    for i in T.thread_binding(M, thread="blockIdx.x"):
        for thread in T.thread_binding(1, thread="threadIdx.x"):
            with T.sblock("bias"):
                T.reads(sequences[i], tokens[i], bias[i], logits[0:B, 0:V])
                T.writes(logits[0:B, 0:V])
                logits[sequences[i], tokens[i]] = logits[sequences[i], tokens[i]] + bias[i]


@T.prim_func(s_tir=True)
def apply_penalty_inplace(
    logits_handle: T.handle,
    sequences_handle: T.handle,
    positions_handle: T.handle,
    tokens_handle: T.handle,
    counts_handle: T.handle,
    penalties_handle: T.handle,
):
    """Presence, frequency and repetition, in this order; the last divides what is above 0 and multiplies what is below."""
    T.func_attr({"global_symbol": "apply_penalty_inplace", "tirx.is_scheduled": True, "tirx.noalias": True})
    B = T.int32()
    S = T.int32()
    M = T.int32()
    logits = T.match_buffer(logits_handle, (B, V), "float32")
    sequences = T.match_buffer(sequences_handle, (S,), "int32")
    positions = T.match_buffer(positions_handle, (M,), "int32")
    tokens = T.match_buffer(tokens_handle, (M,), "int32")
    counts = T.match_buffer(counts_handle, (M,), "int32")
    penalties = T.match_buffer(penalties_handle, (S, 3), "float32")
    for i in T.thread_binding(M, thread="blockIdx.x"):
        for thread in T.thread_binding(1, thread="threadIdx.x"):
            with T.sblock("penalty"):
                T.reads(sequences[0:S], positions[i], tokens[i], counts[i], penalties[0:S, 0:3], logits[0:B, 0:V])
                T.writes(logits[0:B, 0:V])
                value = T.sblock_alloc_buffer((1,), "float32", scope="local")
                value[0] = (
                    logits[sequences[positions[i]], tokens[i]]
                    - penalties[positions[i], 0]
                    - T.Cast("float32", counts[i]) * penalties[positions[i], 1]
                )
                logits[sequences[positions[i]], tokens[i]] = T.if_then_else(
                    value[0] < T.float32(0),
                    value[0] * penalties[positions[i], 2],
                    value[0] / penalties[positions[i], 2],
                )
