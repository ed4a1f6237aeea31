import {
  type ChatRequest,
  type DeviceFacts,
  type DevicePackage,
  type ErrorCode,
  encodeError,
  isAbortError,
  type LoadResult,
  OrillaError,
  type TokenEvent,
} from '@orilla/contract';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { Device } from './device.ts';
import { type AnswerEvent, survivingAnswer } from './surviving-answer.ts';
import { loadedBy, type WorkerDouble, type WorkerScript, wasmFacts, workerDouble } from './worker.double.ts';
import { WorkerLink } from './worker-link.ts';

// The worker is a double, which speaks the real protocol and loses what it is told to. Real engines are lost in test/faults and test/e2e.

const pkg: DevicePackage = {
  id: 'tiny',
  engine: 'llamacpp',
  bytes: 10,
  contextLength: 64,
  memory: { weights: 10, kvPerToken: 1, scratch: 1 },
  license: 'Apache-2.0',
  sources: [],
};
const other: DevicePackage = { ...pkg, id: 'other', engine: 'onnx' };
const request: ChatRequest = { model: 'tiny', messages: [{ role: 'user', content: 'x' }] };
/** Of one, two and four UTF-16 units, so that lengths are not the same as counts. */
const words = ['Der ', 'Fluß ', '水', '👩‍🚀', ' fließt', ', ', 'und ', 'fließt', '.'];
const whole = words.join('');

type Loss = ErrorCode | 'kill' | 'finish-then-kill';

interface Scene {
  /** What goes wrong in each attempt, and after how many of its tokens. */
  readonly losses: readonly { readonly how: Loss; readonly after: number }[];
  readonly givesIds?: boolean;
  readonly facts?: () => Partial<DeviceFacts>;
  readonly script?: WorkerScript;
}

function scene({ losses, givesIds = true, facts, script }: Scene) {
  const workers: WorkerDouble[] = [];
  const emitted: unknown[] = [];
  let attempts = 0;
  const startWorker = () => {
    const worker: WorkerDouble = workerDouble({
      facts: facts?.() ?? {},
      load: (loading, answer) => answer({ type: 'done', result: loadedBy(loading) }),
      generate(answer, call) {
        const loss = losses[attempts++];
        emitted.push(call.emitted ?? null);
        const begun = call.emitted?.tokens ?? 0;
        expect(call.emitted?.text ?? '').toBe(words.slice(0, begun).join(''));
        const token = (text: string, at: number): TokenEvent => ({
          type: 'token',
          text,
          atMs: 0,
          ...(givesIds && { tokenIds: [begun + at + 100] }),
        });
        const rest = words.slice(begun).map(token);
        const given = loss && loss.how !== 'finish-then-kill' ? rest.slice(0, loss.after) : rest;
        for (const event of given) answer({ type: 'tokens', events: [event] });
        const finish: TokenEvent = {
          type: 'finish',
          reason: 'stop',
          promptTokens: 3,
          completionTokens: words.length,
          cachedTokens: 0,
          atMs: 0,
        };
        if (!loss || loss.how === 'finish-then-kill') answer({ type: 'tokens', events: [finish] });
        if (!loss) return answer({ type: 'done', result: null });
        if (loss.how === 'kill' || loss.how === 'finish-then-kill')
          // After what it said has arrived, as far as it does.
          return setTimeout(() => worker.crash(new Error('killed')), 3);
        answer({ type: 'error', error: encodeError(new OrillaError(loss.how, 'Lost.')) });
      },
      ...script,
    });
    workers.push(worker);
    return worker;
  };
  const link = new WorkerLink({ startWorker, locks: null, startTimeoutMs: 1000 });
  onTestFinished(() => link.close());
  return { device: new Device({ link }), workers, emitted };
}

async function read(events: AsyncIterable<AnswerEvent>) {
  let text = '';
  const opened: LoadResult[] = [];
  const finishes: TokenEvent[] = [];
  for await (const event of events) {
    if (event.type === 'token') text += event.text;
    if (event.type === 'opened') opened.push(event.loaded);
    if (event.type === 'finish') finishes.push(event);
  }
  return { text, opened, finishes };
}

const nowhere = async () => null;
const ids = (count: number) => Array.from({ length: count }, (_, index) => 100 + index);

test.each(['engine.device-lost', 'engine.crashed', 'engine.out-of-memory', 'kill'] as const)(
  'an answer goes on behind its last token after %s, at every token',
  async (how) => {
    for (let after = 0; after < words.length; after += 1) {
      const { device, emitted } = scene({ losses: [{ how, after }] });
      const { text, opened, finishes } = await read(survivingAnswer(request, { device, pkg, otherPackage: nowhere }));
      expect(text).toBe(whole);
      expect(opened).toHaveLength(2);
      expect(finishes).toMatchObject([{ completionTokens: words.length, reason: 'stop' }]);
      const begun = emitted[1] as { tokens: number } | null;
      if (how !== 'kill')
        expect(begun).toEqual(
          after === 0 ? null : { text: words.slice(0, after).join(''), tokens: after, tokenIds: ids(after) },
        );
    }
  },
);

test('whatever is lost, and when: no character is lost or comes twice', async () => {
  const loss = fc.record({
    how: fc.constantFrom<Loss>('engine.device-lost', 'engine.crashed', 'kill', 'finish-then-kill'),
    after: fc.nat(words.length),
  });
  await fc.assert(
    fc.asyncProperty(loss, fc.boolean(), async (one, givesIds) => {
      const { device } = scene({ losses: [one], givesIds });
      const { text, finishes } = await read(survivingAnswer(request, { device, pkg, otherPackage: nowhere }));
      expect(text).toBe(whole);
      expect(finishes).toHaveLength(1);
    }),
    { numRuns: 60 },
  );
});

test('an engine that gives no ids is told the text alone', async () => {
  const { device, emitted } = scene({ losses: [{ how: 'engine.crashed', after: 2 }], givesIds: false });
  await read(survivingAnswer(request, { device, pkg, otherPackage: nowhere }));
  expect(emitted).toEqual([null, { text: 'Der Fluß ', tokens: 2 }]);
});

test('several answers of one worker all survive its death', async () => {
  const losses = [1, 2, 3].map((after) => ({ how: 'kill' as const, after }));
  const { device, workers } = scene({ losses });
  const answers = losses.map(() => read(survivingAnswer(request, { device, pkg, otherPackage: nowhere })));
  for (const { text } of await Promise.all(answers)) expect(text).toBe(whole);
  expect(workers.length).toBeLessThanOrEqual(3);
});

test.each([
  ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }],
  ['a response format', { response_format: { type: 'json_object' } }],
  ['several choices', { n: 2 }],
] as const)('with %s it is begun anew while nothing was told, and fails after that', async (_, fields) => {
  const asked = { ...request, ...fields } as ChatRequest; // the table's arrays are readonly
  const untold = scene({ losses: [{ how: 'engine.device-lost', after: 0 }] });
  const { text } = await read(survivingAnswer(asked, { device: untold.device, pkg, otherPackage: nowhere }));
  expect(text).toBe(whole);
  expect(untold.emitted).toEqual([null, null]);
  const told = scene({ losses: [{ how: 'engine.device-lost', after: 1 }] });
  const answer = read(survivingAnswer(asked, { device: told.device, pkg, otherPackage: nowhere }));
  await expect(answer).rejects.toMatchObject({ code: 'engine.device-lost' });
});

test('an engine that fails twice under one answer is not tried a third time', async () => {
  const losses = [1, 1, 1].map((after) => ({ how: 'engine.crashed' as const, after }));
  const { device, emitted } = scene({ losses });
  const answer = read(survivingAnswer(request, { device, pkg, otherPackage: nowhere }));
  await expect(answer).rejects.toMatchObject({ code: 'engine.crashed' });
  expect(emitted).toHaveLength(2);
});

test('one that is set aside by then is not tried again, and another package goes on with the text', async () => {
  const setAside = { code: 'engine.device-lost', untilMs: Date.now() + 60_000 } as const;
  const { device, emitted } = scene({
    losses: [{ how: 'engine.device-lost', after: 3 }],
    facts: () => ({ ...wasmFacts, engines: { llamacpp: { features: [], backend: 'wasm', setAside } } }),
  });
  const { text, opened } = await read(survivingAnswer(request, { device, pkg, otherPackage: async () => other }));
  expect(text).toBe(whole);
  expect(opened.map(({ packageId }) => packageId)).toEqual(['tiny', 'other']);
  // Another package may have another vocabulary.
  expect(emitted).toEqual([null, { text: 'Der Fluß 水', tokens: 3 }]);
});

test('two packages that fail are not tried in turns for ever', async () => {
  const losses = Array.from({ length: 20 }, () => ({ how: 'engine.crashed' as const, after: 1 }));
  const { device, emitted } = scene({ losses });
  const answer = read(survivingAnswer(request, { device, pkg, otherPackage: async () => other }));
  await expect(answer).rejects.toMatchObject({ code: 'engine.crashed' });
  expect(emitted).toHaveLength(4);
});

test('a tab that computed for this one and closed says nothing against the engine', async () => {
  const losses = Array.from({ length: 5 }, () => ({ how: 'engine.worker-died' as const, after: 1 }));
  const { device, workers } = scene({ losses });
  const { text } = await read(survivingAnswer(request, { device, pkg, otherPackage: nowhere }));
  expect(text).toBe(whole);
  expect(workers[0]?.calls.filter((call) => call.startsWith('noteCrash'))).toEqual([]);
});

test('the next worker notes what took the last one with it, and nothing where it died idle', async () => {
  const { device, workers } = scene({ losses: [{ how: 'kill', after: 2 }] });
  await read(survivingAnswer(request, { device, pkg, otherPackage: nowhere }));
  expect(workers[1]?.calls).toContain('noteCrash llamacpp engine.worker-died');
  workers[1]?.crash(new Error('idle'));
  await device.facts({ anew: true });
  expect(workers[2]?.calls).toEqual([]);
});

test('what asking again would not mend is told at once', async () => {
  const { device, emitted } = scene({ losses: [{ how: 'engine.context-exceeded', after: 0 }] });
  const answer = read(survivingAnswer(request, { device, pkg, otherPackage: nowhere }));
  await expect(answer).rejects.toMatchObject({ code: 'engine.context-exceeded' });
  expect(emitted).toHaveLength(1);
});

test('whoever stops is not answered on', async () => {
  const controller = new AbortController();
  const { device, workers } = scene({ losses: [], script: { generate: () => undefined } });
  const answer = read(survivingAnswer(request, { device, pkg, signal: controller.signal, otherPackage: nowhere }));
  await expect.poll(() => workers[0]?.calls).toContain('generate');
  controller.abort();
  await expect(answer).rejects.toSatisfy(isAbortError);
  expect(workers).toHaveLength(1);
});

test('whoever leaves before the first token is not answered on either', async () => {
  const { device, workers } = scene({ losses: [{ how: 'kill', after: 1 }] });
  const events = survivingAnswer(request, { device, pkg, otherPackage: nowhere });
  await events.next();
  await events.return();
  expect(workers).toHaveLength(1);
});
