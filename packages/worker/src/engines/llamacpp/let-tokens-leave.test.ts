import { expect, test } from 'vitest';
import { createNoteOnce, letTokensLeave } from './let-tokens-leave.ts';

// wllama itself runs in a browser only: that the real one is caught by this is seen there, in the tests of answers.

/** Made as wllama is, as far as this looks at it: it gives a token, and asks for the next one in the same breath. */
class WllamaLike {
  readonly #log: string[];
  readonly proxy: { wllamaAction(name: string, body: unknown): Promise<string> };

  constructor(log: string[]) {
    this.#log = log;
    this.proxy = new ProxyLike(log);
  }

  async answer(tokens: number): Promise<void> {
    await this.proxy.wllamaAction('completion', {});
    for (let number = 0; number < tokens; number += 1) {
      const token = await this.proxy.wllamaAction('get_result', { number });
      this.#give(token);
    }
  }

  /** Whoever is given a token needs some turns of its own to pass it on. */
  async #give(token: string): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await null;
    this.#log.push(`sent ${token}`);
  }
}

class ProxyLike {
  readonly #log: string[];

  constructor(log: string[]) {
    this.#log = log;
  }

  async wllamaAction(name: string, body: unknown): Promise<string> {
    this.#log.push(name);
    return JSON.stringify(body);
  }
}

const taskLater = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

test('a token is sent before the next one is asked for', async () => {
  const log: string[] = [];
  const wllama = new WllamaLike(log);
  expect(letTokensLeave(wllama, { nextTask: taskLater })).toBe(true);
  await wllama.answer(2);
  await taskLater();
  expect(log).toEqual(['completion', 'get_result', 'sent {"number":0}', 'get_result', 'sent {"number":1}']);
});

test('without it the next one is asked for first, which is what this is for', async () => {
  const log: string[] = [];
  await new WllamaLike(log).answer(2);
  await taskLater();
  expect(log.slice(0, 3)).toEqual(['completion', 'get_result', 'get_result']);
});

test('waits with nothing but the next token', async () => {
  const waits: string[] = [];
  const wllama = new WllamaLike([]);
  letTokensLeave(wllama, { nextTask: async () => void waits.push('waited') });
  await wllama.proxy.wllamaAction('completion', {});
  await wllama.proxy.wllamaAction('cancel', {});
  expect(waits).toEqual([]);
  await wllama.proxy.wllamaAction('get_result', {});
  expect(waits).toEqual(['waited']);
});

test('all that wllama says along with an action is passed on', async () => {
  const said: unknown[][] = [];
  const wllama = { proxy: { wllamaAction: async (...args: unknown[]) => void said.push(args) } };
  letTokensLeave(wllama, { nextTask: taskLater });
  await wllama.proxy.wllamaAction('get_result', { number: 1 }, 'transfer', 3);
  await wllama.proxy.wllamaAction('cancel');
  expect(said).toEqual([['get_result', { number: 1 }, 'transfer', 3], ['cancel']]);
});

test('that it could not is told once, however many models are opened', () => {
  const notes: string[] = [];
  const note = createNoteOnce((message) => notes.push(message));
  for (let number = 0; number < 3; number += 1) expect(letTokensLeave({}, { note })).toBe(false);
  expect(notes).toHaveLength(1);
});

test('what the engine answers, and what it fails with, comes through', async () => {
  const wllama = new WllamaLike([]);
  letTokensLeave(wllama, { nextTask: taskLater });
  expect(await wllama.proxy.wllamaAction('get_result', { number: 7 })).toBe('{"number":7}');
  const failing = { proxy: { wllamaAction: () => Promise.reject(new Error('crashed')) } };
  letTokensLeave(failing, { nextTask: taskLater });
  await expect(failing.proxy.wllamaAction()).rejects.toThrow('crashed');
});

test.each([
  ['has no proxy', {}],
  ['is not open', { proxy: null }],
  ['has another kind of proxy', { proxy: 'worker' }],
  ['takes no actions', { proxy: {} }],
  ['names something else so', { proxy: { wllamaAction: 7 } }],
])('a wllama that %s is left as it is, and that is told', (_, wllama) => {
  const before = structuredClone(wllama);
  const notes: string[] = [];
  expect(letTokensLeave(wllama, { nextTask: taskLater, note: (message) => notes.push(message) })).toBe(false);
  expect(notes).toEqual([expect.stringContaining('they reach the page a little later')]);
  expect(wllama).toEqual(before);
});
