import { expect, test } from 'vitest';
import { isAskedFor } from './behaviour-rows.ts';

const onnx = { engine: 'onnx', backend: 'webgpu' } as const;

test.each([undefined, 'engine', 'engine.onnx', 'engine.onnx.webgpu', 'engine.onnx.webgpu-swiftshader.chat.turn10'])(
  'rows that begin with %s are of onnx on WebGPU',
  (only) => {
    expect(isAskedFor(onnx, only)).toBe(true);
  },
);

test.each(['engine.onnx.wasm', 'engine.webllm', 'engine.llamacpp.wasm.memory', 'relay'])(
  'rows that begin with %s are not',
  (only) => {
    expect(isAskedFor(onnx, only)).toBe(false);
  },
);
