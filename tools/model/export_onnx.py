"""Writes a Hugging Face folder of a llama as an ONNX folder: 4-bit weights, and embeddings as they are.

    export_onnx.py FOLDER OUT

OUT must exist. It becomes a folder that `orilla pack` takes and that Transformers.js reads, with `model.onnx` in the
folder itself: its weights are in `model.onnx_data`, the only name that the latter knows. No operator in it is one that
onnxruntime-web has for the GPU only.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx

COPIED = ["tokenizer.json", "tokenizer_config.json", "generation_config.json"]
# A table of embeddings in 4 bits takes GatherBlockQuantized, and WASM has none.
EXTRA = ["int4_accuracy_level=4", "int4_op_types_to_quantize=MatMul", "shared_embeddings=false"]

folder, out = map(Path, sys.argv[1:])
config = json.loads((folder / "config.json").read_text())
with TemporaryDirectory(dir=out) as name:
    built = Path(name) / "built"
    builder = [sys.executable, "-m", "onnxruntime_genai.models.builder"]
    places = ["-m", folder, "-o", built, "-c", Path(name) / "cache"]
    subprocess.run([*builder, *places, "-p", "int4", "-e", "cpu", "--extra_options", *EXTRA], check=True)
    model = onnx.load(built / "model.onnx", load_external_data=False)
    for tensor in model.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = "model.onnx_data"
    # The builder gives the size of a head a name where others write the number that it is.
    for value in [*model.graph.input, *model.graph.output]:
        for dimension in value.type.tensor_type.shape.dim:
            if dimension.dim_param == "kv_cache_dim":
                dimension.dim_value = config["head_dim"]
    onnx.save(model, out / "model.onnx")
    shutil.move(built / "model.onnx.data", out / "model.onnx_data")
for name in COPIED:
    shutil.copyfile(folder / name, out / name)
config["transformers.js_config"] = {"use_external_data_format": True}
(out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
