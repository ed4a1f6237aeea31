import { expect, test } from 'vitest';
import { bringEmscripten } from './bring-emscripten.ts';

const here = 'emcc (Emscripten) 3.1.6';
const nowhere = async () => undefined;

test('an emcc that is there is taken, and nothing is installed or said', async () => {
  const lines: string[] = [];
  const install = () => Promise.reject(new Error('not to be called'));
  expect(await bringEmscripten({ version: async () => here, install, log: (line) => lines.push(line) })).toBe(here);
  expect(lines).toEqual([]);
});

test('it is installed where that is allowed, and says so', async () => {
  const lines: string[] = [];
  let installed = false;
  const install = async () => {
    installed = true;
  };
  const version = async () => (installed ? here : undefined);
  expect(await bringEmscripten({ version, install, log: (line) => lines.push(line) })).toBe(here);
  expect(lines).toEqual([expect.stringContaining('installing emscripten')]);
});

const offline = async (): Promise<void> => {
  throw new Error('no network\nmore');
};

test.each([
  ['there is no emcc here', undefined],
  ['could not be installed (no network)', offline],
  ['emcc does not start', async (): Promise<void> => undefined],
] as const)('where it cannot be had the error tells what to do: %s', async (reason, install) => {
  await expect(bringEmscripten({ version: nowhere, install })).rejects.toThrow(reason);
});

test("an abort ends the installation with the signal's reason", async () => {
  const stop = new AbortController();
  const install = async () => {
    stop.abort();
    throw new Error('killed');
  };
  await expect(bringEmscripten({ version: nowhere, install, signal: stop.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
});
