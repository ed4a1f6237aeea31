import { type Engine, OrillaError, type TokenEvent } from '@orilla/contract';
import { expect, test } from 'vitest';
import { WatchedEngine, type WatchedEngineOptions } from './watched-engine.ts';

// A double of an engine: what the real ones do is tested in the browser.

const manifest = { memory: { weights: 100, kvPerToken: 2, scratch: 3 } } as Parameters<Engine['load']>[0]; // no more of it is read here
const request = { model: 'one', messages: [] };
const signal = new AbortController().signal;
const forever = new Promise<never>(() => undefined);
const token = (text: string): TokenEvent => ({ type: 'token', text, atMs: 0 });
const finish: TokenEvent = {
  type: 'finish',
  reason: 'stop',
  promptTokens: 1,
  completionTokens: 1,
  cachedTokens: 0,
  atMs: 0,
};

type NoteOpening = NonNullable<WatchedEngineOptions['noteOpening']>;

function watched(double: Partial<Engine>, silenceMs = 40, noteOpening?: NoteOpening) {
  const noted: string[] = [];
  let unloads = 0;
  const engine = new WatchedEngine(
    {
      name: 'onnx',
      capabilities: { features: [], givesTokenIds: true, takesTokenIds: true, parallelRequests: 1 },
      isOpen: true,
      load: async () => ({ engine: 'onnx', backend: 'wasm', contextLength: 8, threads: 1 }),
      generate: () => forever as never, // replaced where it is asked
      unload: async () => {
        unloads += 1;
      },
      ...double,
    },
    {
      silenceMs,
      noteOpening,
      crashes: {
        noteCrash: async (name, code) => void noted.push(`${name} ${code}`),
        noteAnswer: async (name) => void noted.push(`${name} answered`),
      },
    },
  );
  return { engine, noted, unloads: () => unloads };
}

async function read(events: AsyncIterable<TokenEvent>) {
  const seen: TokenEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

test('passes an answer on as it is, and notes that it came to its end', async () => {
  const { engine, noted } = watched({
    async *generate() {
      yield token('a');
      yield finish;
    },
  });
  expect(engine).toMatchObject({ name: 'onnx', isOpen: true, capabilities: { givesTokenIds: true } });
  expect(await read(engine.generate(request, { signal }))).toEqual([token('a'), finish]);
  expect(noted).toEqual(['onnx answered']);
});

test.each(['engine.device-lost', 'engine.crashed', 'engine.out-of-memory'] as const)(
  '%s is noted once, however many answers it ended, before they are told',
  async (code) => {
    const { engine, noted } = watched({
      // biome-ignore lint/correctness/useYield: it fails before its first token
      async *generate() {
        throw new OrillaError(code, 'It went.');
      },
    });
    const answers = [1, 2].map(() => read(engine.generate(request, { signal })));
    for (const answer of answers) {
      await expect(answer).rejects.toMatchObject({ code });
      expect(noted).toEqual([`onnx ${code}`]);
    }
  },
);

test('what ends one request only, or was stopped, is not noted', async () => {
  for (const error of [new OrillaError('engine.context-exceeded', 'Too long.'), new DOMException('', 'AbortError')]) {
    const { engine, noted } = watched({ load: () => Promise.reject(error) });
    await expect(engine.load(manifest, new Map(), { contextLength: 8, signal })).rejects.toBe(error);
    expect(noted).toEqual([]);
    expect(engine.isOpen).toBe(true);
  }
});

test('an engine that tells nothing is ended as crashed, and is not open any more', async () => {
  const { engine, noted, unloads } = watched({
    async *generate() {
      yield token('a');
      await forever;
    },
  });
  const events = engine.generate(request, { signal });
  expect((await events.next()).value).toEqual(token('a'));
  await expect(events.next()).rejects.toMatchObject({ code: 'engine.crashed' });
  expect(noted).toEqual(['onnx engine.crashed']);
  expect(engine.isOpen).toBe(false);
  expect(unloads()).toBe(1);
});

test('one that does not open is ended, and one that does not close either is waited for by nobody', async () => {
  const { engine } = watched({ load: () => forever, unload: () => forever });
  const loading = engine.load(manifest, new Map(), { contextLength: 8, signal });
  await expect(loading).rejects.toMatchObject({ code: 'engine.crashed' });
  await engine.unload();
});

test('one that does not close keeps nobody waiting: what is opened in its place need not know', async () => {
  const { engine, noted } = watched({ unload: () => forever });
  await expect(engine.unload()).rejects.toMatchObject({ code: 'engine.crashed' });
  expect(engine.isOpen).toBe(false);
  expect(noted).toEqual(['onnx engine.crashed']);
});

test('one that does not stop when its reader leaves is ended too', async () => {
  const { engine } = watched({
    generate: () => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: token('a') }),
        return: () => forever,
      }),
    }),
  });
  const events = engine.generate(request, { signal });
  await events.next();
  await expect(events.return()).rejects.toMatchObject({ code: 'engine.crashed' });
  expect(engine.isOpen).toBe(false);
});

test('the reader may take its time: an engine that nobody asks is not silent', async () => {
  const { engine } = watched({
    async *generate() {
      yield token('a');
      yield finish;
    },
  });
  const events = engine.generate(request, { signal });
  await events.next();
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect((await events.next()).value).toEqual(finish);
});

test('has embeddings where the engine has them', async () => {
  expect(watched({}).engine.embed).toBeUndefined();
  const response = { object: 'list', data: [], model: 'one', usage: { prompt_tokens: 1, total_tokens: 1 } } as const;
  const { engine } = watched({ embed: async () => ({ ...response, data: [] }) });
  expect(await engine.embed?.({ model: 'one', input: 'x' }, { signal })).toEqual(response);
});

test('what an engine does beforehand is passed on, and neither its silence nor its failure counts; one that can not has no such call', async () => {
  const lost = new OrillaError('engine.device-lost', 'Gone.');
  const { engine, noted } = watched({ prepare: () => Promise.reject(lost) }, 10);
  await expect(engine.prepare?.(manifest, { file: () => forever }, { contextLength: 8, signal })).rejects.toBe(lost);
  const silent = watched({ prepare: () => forever }, 10);
  silent.engine.prepare?.(manifest, { file: () => forever }, { contextLength: 8, signal });
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect([silent.engine.isOpen, noted, silent.noted]).toEqual([true, [], []]);
  expect(watched({}).engine.prepare).toBeUndefined();
});

test('what is prepared is noted as what is opened is, until it ends or the load has a note of its own', async () => {
  const log: string[] = [];
  const note: NoteOpening = async (name) => {
    log.push(`note ${name}`);
    return async () => void log.push('over');
  };
  const how = { contextLength: 8, signal };
  const files = { file: () => forever };
  const ended = watched({ prepare: async () => void log.push('prepare') }, 40, note);
  await ended.engine.prepare?.(manifest, files, how);
  expect(log.splice(0)).toEqual(['note onnx', 'prepare', 'over']);

  const held = Promise.withResolvers<void>();
  const loading = watched({ prepare: () => held.promise }, 40, note);
  const prepared = loading.engine.prepare?.(manifest, files, how);
  await loading.engine.load(manifest, new Map(), how);
  held.resolve();
  await prepared;
  expect(log.splice(0)).toEqual(['note onnx', 'note onnx', 'over']);
});

test('an engine that was never opened and does not end has not crashed', async () => {
  const { engine, noted } = watched({ isOpen: false, unload: () => forever }, 10);
  await expect(engine.unload()).rejects.toMatchObject({ code: 'engine.crashed' });
  expect(noted).toEqual([]);
});

test('that it opens a model of a size is noted before, and that it is over after, however it ended', async () => {
  for (const how of ['well', 'badly']) {
    const log: string[] = [];
    const note: NoteOpening = async (name, needBytes) => {
      log.push(`${name} ${needBytes}`);
      return async () => void log.push('over');
    };
    const load: Engine['load'] = async () => {
      log.push('load');
      if (how === 'badly') throw new OrillaError('engine.load-failed', 'No.');
      return { engine: 'onnx', backend: 'wasm', contextLength: 8, threads: 1 };
    };
    const { engine } = watched({ load }, 40, note);
    await engine.load(manifest, new Map(), { contextLength: 8, signal }).catch(() => undefined);
    expect(log).toEqual(['onnx 119', 'load', 'over']);
  }
});
