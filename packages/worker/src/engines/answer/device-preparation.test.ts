import { expect, test } from 'vitest';
import { DevicePreparation } from './device-preparation.ts';

const { signal } = new AbortController();

/** A preparation that goes on until it is told how it ends. */
function begun() {
  const made = Promise.withResolvers<{ destroy(): void } | null>();
  const seen = { destroyed: 0, isStopped: false };
  const device = {
    destroy() {
      seen.destroyed += 1;
    },
  };
  const preparation = new DevicePreparation((how) => {
    how.signal.addEventListener('abort', () => {
      seen.isStopped = true;
    });
    return made.promise;
  });
  return { preparation, device, seen, made };
}

test('a load gets the device once it is there, and nobody else gives it back', async () => {
  const { preparation, device, seen, made } = begun();
  const taken = preparation.take({ signal });
  made.resolve(device);
  expect(await taken).toBe(device);
  expect(seen).toEqual({ destroyed: 0, isStopped: false });
});

test('what failed is told to who waits, and is none to the load', async () => {
  const { preparation, made } = begun();
  made.reject(new Error('no shaders'));
  await expect(preparation.wait({ signal })).rejects.toThrow('no shaders');
  expect(await preparation.take({ signal })).toBeNull();
  await preparation.end();
});

test('an end stops it, and gives back what comes after all', async () => {
  const { preparation, device, seen, made } = begun();
  const ended = preparation.end();
  expect(seen.isStopped).toBe(true);
  made.resolve(device);
  await ended;
  expect(seen.destroyed).toBe(1);
});

test('a load that is aborted while it waits ends it', async () => {
  const { preparation, device, seen, made } = begun();
  const stop = new AbortController();
  const taken = preparation.take({ signal: stop.signal });
  stop.abort();
  made.resolve(device);
  await expect(taken).rejects.toMatchObject({ name: 'AbortError' });
  expect(seen).toEqual({ destroyed: 1, isStopped: true });
});
