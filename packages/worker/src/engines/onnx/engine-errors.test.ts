import { OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { loadError, runError } from './engine-errors.ts';
import type { GpuDevice } from './gpu-device.ts';

function gpuThatIs(state: 'lost' | 'well'): GpuDevice {
  const gone = new OrillaError('engine.device-lost', 'The GPU went away.');
  const lost = state === 'lost' ? Promise.reject(gone) : new Promise<never>(() => undefined);
  lost.catch(() => undefined);
  return { lost } as Partial<GpuDevice> as GpuDevice; // nothing else of it is asked
}

/** What Chromium and onnxruntime raise when the GPU goes while they wait for it. */
const ofLostDevice = [
  new DOMException(
    "Failed to execute 'mapAsync' on 'GPUBuffer': A valid external Instance reference no longer exists.",
    'AbortError',
  ),
  new Error('failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: mapAsync secret'),
];

test.each(ofLostDevice)('a lost device is never an AbortError, whatever says it: %s', async (error) => {
  expect(await runError(error, gpuThatIs('lost'))).toMatchObject({ code: 'engine.device-lost' });
});

test('an error on a GPU that is well is a failure of that request, without the words of the engine', async () => {
  const told = await runError(ofLostDevice[1], gpuThatIs('well'));
  expect(told).toMatchObject({ code: 'engine.failed', isRetryable: true });
  expect(JSON.stringify(told) + String(told)).not.toContain('secret');
});

test.each([
  ['std::bad_alloc', 'engine.out-of-memory'],
  ['RangeError: Array buffer allocation failed', 'engine.out-of-memory'],
  ['Aborted(Assertion failed)', 'engine.crashed'],
  ['failed to call OrtRun(). secret', 'engine.failed'],
])('on WASM "%s" is told as %s', async (message, code) => {
  const told = await runError(new Error(message), null);
  expect(told.code).toBe(code);
  expect(String(told)).not.toContain('secret');
});

test('a trap of the WASM is a crash', async () => {
  expect((await runError(new WebAssembly.RuntimeError('unreachable'), null)).code).toBe('engine.crashed');
});

test('what is one of our own errors already stays as it is', async () => {
  const own = new OrillaError('engine.failed', 'Ours.');
  expect(await runError(own, null)).toBe(own);
  expect(loadError(own)).toBe(own);
  const abort = new DOMException('left', 'AbortError');
  expect(loadError(abort)).toBe(abort);
});

test('a failed load says why; one for want of memory is told as that', () => {
  expect(loadError(new Error('no kernel for Foo'))).toMatchObject({
    code: 'engine.load-failed',
    message: expect.stringContaining('no kernel for Foo'),
  });
  expect(loadError(new RangeError('Array buffer allocation failed'))).toMatchObject({ code: 'engine.out-of-memory' });
});
