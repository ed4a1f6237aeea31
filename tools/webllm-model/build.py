"""Compiles the tiny WebLLM model.

Usage: build.py runtime FOLDER
       build.py model FOLDER RUNTIME_FOLDER

Each FOLDER must exist. The first leaves TVM's runtime there as object files, which takes most of the time; the second the model: the
library, the weights, the tokenizer, WebLLM's configuration, a reference to compare with, and the notices of what the library is made of.
"""

import sys
from pathlib import Path

LIBRARY = "tiny-llama-q0f32-webgpu.wasm"


def build_runtime(folder):
    import runtime

    runtime.compile_runtime(folder)


def build_model(folder, runtime_folder):
    import chat_config
    import library
    import notices
    import reference
    import runtime
    import tokenizer
    import weights

    made = tokenizer.Tokenizer()
    values = weights.make_weights(made)
    tokenizer.write_tokenizer(folder, made)
    chat_config.write_chat_config(folder)
    weights.write_weights(folder, values)
    reference.write_reference(folder, values, made)
    notices.write_notices(folder)
    library.build_library(folder / LIBRARY, runtime.objects_in(runtime_folder))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["runtime", folder]:
            build_runtime(Path(folder))
        case ["model", folder, runtime_folder]:
            build_model(Path(folder), Path(runtime_folder))
        case _:
            sys.exit(__doc__)
