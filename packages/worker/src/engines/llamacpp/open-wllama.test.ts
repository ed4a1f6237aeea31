import type { OrillaError } from '@orilla/contract';
import type { Wllama } from '@wllama/wllama/esm/index.js';
import { expect, test } from 'vitest';
import { type OpenWllamaOptions, openWllama } from './open-wllama.ts';

// wllama itself runs in a browser only. This one starts and ends its worker as that does; the model is the least of it.

type How = ConstructorParameters<typeof Wllama>;

const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

class WllamaLike {
  /** Whether a worker runs that nothing but `exit` would end. */
  isRunning = false;
  readonly #logger: NonNullable<NonNullable<How[1]>['logger']>;
  #isKnown = false;
  /** Said by llama.cpp while it loads. */
  says = 'loading';

  constructor([, { logger } = {}]: How) {
    if (!logger) throw new Error('It is given a logger.');
    this.#logger = logger;
  }

  setCompat() {
    // there is no other build of this one
  }

  async loadModel() {
    await tick(); // it finds out what the browser can do
    this.isRunning = true;
    await tick();
    this.#isKnown = true;
    this.#logger.debug('Multithread enabled: false');
    this.say(this.says);
    await tick();
  }

  say(line: string) {
    this.#logger.warn(line);
  }

  async exit() {
    if (this.#isKnown) this.isRunning = false;
  }

  getLoadedContextInfo = () => ({ n_vocab: 7 });
  getNumThreads = () => 1;
}

function open(
  signal: AbortSignal,
  change: Partial<WllamaLike> = {},
  onCrash: (reason: OrillaError) => unknown = () => undefined,
) {
  const made: WllamaLike[] = [];
  const options: OpenWllamaOptions = {
    files: [new Blob(['model'])],
    contextLength: 64,
    threads: 1,
    backend: 'wasm',
    signal,
    onCrash: async (reason) => {
      onCrash(reason);
    },
    makeWllama: (...how) => {
      const wllama = Object.assign(new WllamaLike(how), change);
      made.push(wllama);
      return wllama as unknown as Wllama; // it has no more than what opening it takes
    },
  };
  return { opened: openWllama(options), made };
}

test('opens the model', async () => {
  const { opened, made } = open(new AbortController().signal);
  expect(await opened).toMatchObject({ threads: 1, gpuLayers: null });
  expect(made).toMatchObject([{ isRunning: true }]);
});

test.each([0, 1, 2])('aborted after %i turns, it leaves no worker behind', async (turns) => {
  const controller = new AbortController();
  const { opened, made } = open(controller.signal);
  const ended = expect(opened).rejects.toMatchObject({ name: 'AbortError' });
  for (let turn = 0; turn < turns; turn += 1) await tick();
  controller.abort();
  await ended;
  for (let turn = 0; turn < 5; turn += 1) await tick(); // what it had begun has ended by now
  expect(made).toMatchObject([{ isRunning: false }]);
});

test('aborted before, it makes none', async () => {
  const { opened, made } = open(AbortSignal.abort());
  await expect(opened).rejects.toMatchObject({ name: 'AbortError' });
  expect(made).toEqual([]);
});

test('a load that fails before there is a worker is told, and waits for none', async () => {
  const loadModel = () => Promise.reject(new Error('no 64-bit memory'));
  await expect(open(new AbortController().signal, { loadModel }).opened).rejects.toThrow('no 64-bit memory');
});

test('what llama.cpp refused is no loaded model, and its worker is ended', async () => {
  const { opened, made } = open(new AbortController().signal, { getLoadedContextInfo: () => ({ n_vocab: 0 }) });
  await expect(opened).rejects.toThrow('llama.cpp refused the file');
  expect(made).toMatchObject([{ isRunning: false }]);
});

test('a load that lacks memory is told as that, though llama.cpp only says that it refused the file', async () => {
  const { opened } = open(new AbortController().signal, {
    getLoadedContextInfo: () => ({ n_vocab: 0 }),
    says: 'llama_kv_cache: failed to allocate buffer for kv cache',
  });
  await expect(opened).rejects.toMatchObject({ code: 'engine.out-of-memory' });
});

test('a GPU that goes while the model is opened is told as that', async () => {
  const loadModel = () => new Promise<void>(() => undefined);
  const { opened, made } = open(new AbortController().signal, { loadModel });
  made[0]?.say('ggml_webgpu: Device lost! Reason: 1, Message: gone');
  await expect(opened).rejects.toMatchObject({ code: 'engine.device-lost' });
});

test('a GPU that goes later is told to whoever asked to know', async () => {
  const reasons: unknown[] = [];
  const { opened, made } = open(new AbortController().signal, {}, (reason) => reasons.push(reason));
  await opened;
  made[0]?.say('llama_decode: something else');
  made[0]?.say('ggml_webgpu: Device lost! Reason: 1, Message: gone');
  expect(reasons).toMatchObject([{ code: 'engine.device-lost' }]);
});
