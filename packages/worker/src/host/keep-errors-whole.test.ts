import { type ControlFailure, decodeError, OrillaError } from '@orilla/contract';
import { expose, wrap } from 'comlink';
import { expect, test } from 'vitest';
import { keepErrorsWhole } from './keep-errors-whole.ts';

keepErrorsWhole();

function remote<T extends object>(api: T) {
  const { port1, port2 } = new MessageChannel();
  expose(api, port1);
  return { api: wrap<T>(port2), close: () => port2.close() };
}

test('the page gets comlink’s error, and can rebuild what was raised', async () => {
  const { api, close } = remote({
    remove: (): void => {
      throw new OrillaError('storage.unavailable', 'Private browsing.', { advice: 'Leave it.' });
    },
  });
  const error: Error & ControlFailure = await api.remove().then(
    () => Promise.reject(new Error('It failed.')),
    (reason) => reason,
  );
  expect(error).toMatchObject({ name: 'OrillaError', message: 'Private browsing.' });
  expect(decodeError(error.encoded)).toMatchObject({ code: 'storage.unavailable', advice: 'Leave it.' });
  close();
});

test('what is thrown without being an error crosses as comlink sends it', async () => {
  const { api, close } = remote({ fail: (): Promise<void> => Promise.reject('a word') });
  await expect(api.fail()).rejects.toBe('a word');
  close();
});

test('results cross as before', async () => {
  const { api, close } = remote({ add: (one: number, other: number) => one + other });
  expect(await api.add(2, 3)).toBe(5);
  close();
});
