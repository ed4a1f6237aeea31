"""The notices that go with the library: most of its bytes are other people's."""

from pathlib import Path

import tvm
import tvm_ffi

INTRODUCTION = """\
The model library in this folder is compiled from Orilla's own description of a tiny model, whose weights are random numbers,
together with these works. None of them is in Orilla's repository.

- Apache TVM {tvm} and Apache TVM FFI {ffi}: Apache License 2.0. Their notices and licences follow.
- Emscripten's system libraries, of which the library contains some: musl libc (MIT), LLVM's libc++, libc++abi and compiler-rt
  (Apache License 2.0 with LLVM exceptions), dlmalloc (public domain), and Emscripten's own code (MIT or University of Illinois/NCSA).
"""


def write_notices(folder):
    parts = [INTRODUCTION.format(tvm=tvm.__version__, ffi=tvm_ffi.__version__)]
    package = Path(tvm.__file__).parent
    files = [package / "NOTICE", package / "LICENSE", *sorted((package / "licenses").glob("LICENSE.builtin_fp16*"))]
    files += sorted(distribution(tvm_ffi).rglob("LICENSE*")) + sorted(distribution(tvm_ffi).rglob("NOTICE*"))
    for file in files:
        parts.append(f"\n---- {file.parent.name}/{file.name} ----\n\n{file.read_text()}")
    (folder / "NOTICE").write_text("".join(parts))


def distribution(module):
    """The folder in which a wheel keeps its licences."""
    [found] = Path(module.__file__).parent.parent.glob("apache_tvm_ffi-*.dist-info")
    return found
