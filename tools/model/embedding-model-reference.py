"""Writes what the embedding model makes of some texts, computed by Python's onnxruntime and tokenizers: what the browser is held against.

    python3 -m venv V && V/bin/pip install -r tools/tiny-models/requirements.txt
    V/bin/python tools/model/embedding-model-reference.py ~/.cache/orilla/models/all-MiniLM-L6-v2-int8 test/fixtures/models/embedding-reference.json
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

TEXTS = [
    "The ferry reaches the other shore at noon.",
    "At twelve o'clock the boat arrives on the far bank.",
    "Tax returns are due at the end of April.",
    "Zwölf Boxkämpfer jagen Viktor über den Sylter Deich. 🛶",
    "渡し船は正午に向こう岸に着く。",
    " ".join(["A longer text shows that tokens are not cut off in silence."] * 12),
]

folder, target = map(Path, sys.argv[1:])
tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
tokenizer.no_truncation()
tokenizer.no_padding()
session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
cases = []
for text in TEXTS:
    ids = np.array([tokenizer.encode(text).ids], np.int64)
    feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    [hidden] = session.run(["last_hidden_state"], feeds)
    mean = hidden[0].astype(np.float64).mean(axis=0)
    vector = mean / np.linalg.norm(mean)
    cases.append({"text": text, "tokens": ids[0].tolist(), "vector": [round(value, 7) for value in vector.tolist()]})
lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
target.write_text(f'{{ "cases": [\n{lines}\n] }}\n')
