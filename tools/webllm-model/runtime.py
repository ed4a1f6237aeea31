"""TVM's runtime for browsers, compiled by emcc from the sources in its wheels. It takes most of the time and is kept."""

import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tvm
import tvm_ffi

SOURCES = ("wasm_runtime", "tvmjs_support", "webgpu_runtime")
# Sorting on the CPU and the tests of the foreign function interface need headers of their own, and nothing here calls them.
LEFT_OUT = re.compile(r'^#include "[^"]*(?:contrib/sort/sort|testing/testing)\.cc"\n', re.MULTILINE)


def compile_runtime(folder):
    """Leaves the three object files in `folder`."""
    tree = folder / "tree"
    lay_out(tree)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: compile_source(tree, folder, name), SOURCES))
    shutil.rmtree(tree)


def objects_in(folder):
    return [str(folder / f"{name}.o") for name in SOURCES]


def lay_out(tree):
    """TVM's source tree as its sources include one another, as far as the wheels hold it, and the headers that they lack."""
    tvm_folder = Path(tvm.__file__).parent
    for name in ("include", "src", "web"):
        shutil.copytree(tvm_folder / name, tree / name)
    (tree / "3rdparty").mkdir()
    (tree / "3rdparty" / "tvm-ffi").symlink_to(Path(tvm_ffi.__file__).parent)
    shutil.copytree(Path(__file__).parent / "headers", tree, dirs_exist_ok=True)
    runtime = tree / "web" / "emcc" / "wasm_runtime.cc"
    runtime.write_text(LEFT_OUT.sub("", runtime.read_text()))


def compile_source(tree, folder, name):
    # From inside the tree, by relative paths: they get into the object files, which are the same from any folder then.
    includes = (".", "include", "3rdparty/tvm-ffi/include", "3rdparty/tvm-ffi/3rdparty/dlpack/include")
    command = ["emcc", "-O2", "-std=c++17", "-c", "-Wno-ignored-attributes", *(f"-I{include}" for include in includes)]
    target = folder.resolve() / f"{name}.o"
    subprocess.run([*command, f"web/emcc/{name}.cc", "-o", str(target)], cwd=tree, check=True)
