"""Compiles the model and links it with the runtime: one WebAssembly module with its shaders inside."""

import json
import os
import subprocess

from tvm import ir, relax, tirx
from tvm.relax.backend import gpu_generic
from tvm.target import Target

import model_shape as shape
import sampling
from llama import Llama

HOST = {"kind": "llvm", "mtriple": "wasm32-unknown-unknown-wasm", "mcpu": "mvp"}
LINK = [
    *["-O1", "--no-entry", "-sWASM_BIGINT=1", "-sERROR_ON_UNDEFINED_SYMBOLS=0"],
    *["-sSTANDALONE_WASM=1", "-sALLOW_MEMORY_GROWTH=1", "-sTOTAL_MEMORY=64MB"],
]


def build_library(path, runtime_objects):
    target = Target({"kind": "webgpu", "max_num_threads": 256}, host=HOST)
    with target:
        model = Llama(target)
        module, named = model.export_tvm(model.methods())
    check_parameters(named)
    module = with_functions(module, metadata(named))
    pipeline = gpu_generic.get_default_pipeline(target)
    executable = relax.build(module, target=target, relax_pipeline=pipeline, system_lib=True)

    def link(output, objects, **_options):
        subprocess.run(["emcc", *LINK, "-o", output, *objects, *runtime_objects], check=True)

    # emcc of Debian has an older LLVM than TVM: it reads its object files, not its bitcode.
    link.object_format = "o"
    executable.export_library(os.fspath(path), fcompile=link)


def check_parameters(named):
    compiled = [(name, tuple(int(length) for length in parameter.shape)) for name, parameter in named]
    if compiled != shape.parameters():
        raise SystemExit(f"The model's parameters are {compiled}, and the weights are written as {shape.parameters()}.")


def metadata(named):
    return json.dumps(
        {
            "model_type": "llama",
            "quantization": "q0f32",
            "params": [
                {"name": name, "shape": [int(length) for length in parameter.shape], "dtype": "float32"}
                for name, parameter in named
            ],
            "context_window_size": shape.CONTEXT_LENGTH,
            "sliding_window_size": -1,
            "attention_sink_size": -1,
            "prefill_chunk_size": shape.PREFILL_CHUNK,
            "kv_state_kind": "kv_cache",
        }
    )


def with_functions(module, metadata_text):
    builder = relax.BlockBuilder(module)
    with builder.function("_metadata", params=[]):
        builder.emit_func_output(ir.StringImm(metadata_text))

    batch, samples = tirx.Var("batch", "int64"), tirx.Var("samples", "int64")
    rows = (batch, shape.VOCABULARY)
    probs = relax.Var("probs", relax.TensorType(rows, "float32"))
    rank = builder.add_func(sampling.rank_probs, "rank_probs")
    with builder.function("argsort_probs", params=[probs]):
        with builder.dataflow():
            types = [relax.TensorType(rows, "float32"), relax.TensorType(rows, "int32")]
            ranked = builder.emit_output(relax.call_tir(rank, [probs], out_ty=types))
        builder.emit_func_output(ranked)

    arguments = [
        relax.Var("ranked", relax.TensorType(rows, "float32")),
        relax.Var("order", relax.TensorType(rows, "int32")),
        relax.Var("random", relax.TensorType((samples,), "float32")),
        relax.Var("rows", relax.TensorType((samples,), "int32")),
        relax.Var("top_p", relax.TensorType((batch,), "float32")),
    ]
    pick = builder.add_func(sampling.pick_top_p, "pick_top_p")
    with builder.function("sample_with_top_p", params=arguments):
        with builder.dataflow():
            picked = builder.emit_output(
                relax.call_tir(pick, arguments, out_ty=relax.TensorType((samples,), "int32"))
            )
        builder.emit_func_output(picked)

    module = builder.finalize()
    for name in ("apply_bitmask_inplace", "apply_logit_bias_inplace", "apply_penalty_inplace"):
        module[name] = getattr(sampling, name)
    return module
