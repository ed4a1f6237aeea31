import { OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { deviceLost } from '../answer/answer-errors.ts';
import { computeError, loadError } from './engine-errors.ts';

const never = new Promise<never>(() => undefined);
const abortOfMapAsync = () => new DOMException('A valid external Instance reference no longer exists.', 'AbortError');
/** As emscripten has it: no Error, and no prototype that one could ask for. */
const exitStatus = { name: 'ExitStatus', message: 'Program terminated with exit(1)', status: 1 };

test('an AbortError out of a computation is a lost device, whoever hears of that first', async () => {
  const lost = Promise.reject(deviceLost());
  lost.catch(() => undefined);
  expect(await computeError(abortOfMapAsync(), lost)).toMatchObject({ code: 'engine.device-lost' });
  expect(await computeError(abortOfMapAsync(), never)).toMatchObject({ code: 'engine.device-lost' });
});

test.each([
  ['a model that is not loaded', Object.assign(new Error('Model not loaded'), { name: 'ModelNotLoadedError' })],
  ['an object that was disposed', new Error('Object has already been disposed')],
  ['an ExitStatus', exitStatus],
  ['a text', 'device lost'],
])('%s is a lost device where the device is gone, and a crash where it is not', async (_, error) => {
  const lost = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(deviceLost()), 20);
  });
  lost.catch(() => undefined);
  expect(await computeError(error, lost)).toMatchObject({ code: 'engine.device-lost' });
  expect(await computeError(error, never)).toMatchObject({ code: 'engine.crashed' });
});

test('what an engine says of a failed computation goes no further, since it may quote the prompt', async () => {
  const { message, cause } = await computeError(new Error('secret prompt'), never);
  expect(message).not.toContain('secret');
  expect(cause).toBeUndefined();
});

test.each([
  ['an ExitStatus', exitStatus, 'engine.load-failed'],
  ['a text', 'no such parameter', 'engine.load-failed'],
  [
    'DeviceLostError',
    Object.assign(new Error('The WebGPU device was lost while loading.'), { name: 'DeviceLostError' }),
    'engine.out-of-memory',
  ],
])('%s in a load is an error of ours that keeps it as the cause', (_, error, code) => {
  expect(loadError(error)).toMatchObject({ code, cause: error });
});

test('an error of ours is told as it is', async () => {
  const ours = new OrillaError('engine.load-failed', 'x', { advice: 'y' });
  expect(loadError(ours)).toBe(ours);
  expect(await computeError(ours, never)).toBe(ours);
});
