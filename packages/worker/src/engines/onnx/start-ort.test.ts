import { expect, test } from 'vitest';
import { ortOnCpu } from './gpu.double.ts';
import { startOrt } from './start-ort.ts';
import { loadNodeOrt } from './tiny-model.double.ts';

test('onnxruntime is started by a session that computes nothing, and that goes', async () => {
  const log: string[] = [];
  const loadOrt = ortOnCpu((session) => {
    log.push(`${session.inputNames} to ${session.outputNames}`);
    const release = session.release.bind(session);
    session.release = () => {
      log.push('released');
      return release();
    };
  });
  await startOrt({ backend: 'webgpu', threads: 1, loadOrt });
  expect(log).toEqual(['a to b', 'released']);
});

test('its graph is one that can be computed', async () => {
  let given: Uint8Array | null = null;
  const loadOrt: typeof loadNodeOrt = async (options) => {
    const ort = await loadNodeOrt(options);
    const create = (graph: Uint8Array) => {
      given = graph;
      return ort.InferenceSession.create(graph);
    };
    return { ...ort, InferenceSession: { create } } as unknown as typeof ort; // nothing else of it is used
  };
  await startOrt({ backend: 'wasm', threads: 1, loadOrt });
  const ort = await loadNodeOrt({ backend: 'wasm', threads: 1 });
  const session = await ort.InferenceSession.create(given ?? new Uint8Array());
  const { b } = await session.run({ a: new ort.Tensor('float32', [5], [1]) });
  expect(b?.data).toEqual(Float32Array.of(5));
  await session.release();
});
