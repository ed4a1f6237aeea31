import type { Backend, DevicePackage, LoadResult } from '@orilla/contract';
import { createOrilla, type Orilla } from '@orilla/core';
import type { AbortMoment, Asked, FreedMs, OwnTold } from './behaviour-page.ts';

const model = 'bench';
/** Said, so that none is taken to learn how much there is: that would be the peak. */
const memoryBudgetBytes = 4 * 1024 ** 3;

export interface OrillaSide {
  readonly loaded: LoadResult;
  ask(asked: Asked): Promise<OwnTold>;
  abort(asked: Asked, moment: AbortMoment, next: Asked): Promise<FreedMs>;
  calibrate(): Promise<number>;
}

/** Orilla as an app uses it, over its own worker, whose GPU memory is counted, and which the bench can take away. On WASM that finds no GPU. */
export async function openOrilla(pkg: DevicePackage, backend: Backend): Promise<OrillaSide> {
  const startWorker = () => new Worker(new URL('./own-worker.ts', import.meta.url), { type: 'module', name: backend });
  const orilla = createOrilla({
    catalog: { models: { [model]: { title: 'Bench', device: [pkg] } } },
    privacy: { label: 'device' },
    // Measured when the bench says so, and not meanwhile.
    device: { startWorker, memoryBudgetBytes, calibrate: false, keepStorage: false },
  });
  const loaded = await orilla.models.prepare(model);
  return {
    loaded,
    ask: (asked) => ask(orilla, asked),
    abort: (asked, moment, next) => abort(orilla, asked, { moment, next }),
    calibrate: () => calibrate(orilla, pkg),
  };
}

interface AskOptions {
  readonly signal?: AbortSignal;
  readonly onPiece?: (pieces: number) => void;
}

async function ask(
  orilla: Orilla,
  { messages, tokens }: Asked,
  { signal, onPiece }: AskOptions = {},
): Promise<OwnTold> {
  const begunMs = performance.now();
  const atMs: number[] = [];
  let text = '';
  const stream = await orilla.chat.completions.create(
    { model, messages: [...messages], temperature: 0, max_tokens: tokens, stream: true },
    { signal },
  );
  for await (const { choices } of stream) {
    const piece = choices[0]?.delta.content;
    if (!piece) continue;
    atMs.push(performance.now() - begunMs);
    text += piece;
    onPiece?.(atMs.length);
  }
  const { parts, usage } = await stream.receipt;
  return {
    text,
    tokens: usage?.completion_tokens ?? 0,
    promptTokens: usage?.prompt_tokens ?? 0,
    cachedTokens: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    atMs,
    parts,
  };
}

async function abort(
  orilla: Orilla,
  asked: Asked,
  { moment: { afterPieces, delayMs }, next }: { readonly moment: AbortMoment; readonly next: Asked },
): Promise<FreedMs> {
  const controller = new AbortController();
  const aborted = Promise.withResolvers<number>();
  const abortSoon = () =>
    setTimeout(() => {
      controller.abort();
      aborted.resolve(performance.now());
    }, delayMs);
  if (afterPieces === 0) abortSoon();
  const onPiece = (pieces: number) => {
    if (pieces === afterPieces) abortSoon();
  };
  const ended = ask(orilla, asked, { signal: controller.signal, onPiece }).then(
    () => 'whole' as const,
    (error: unknown) => {
      if (controller.signal.aborted) return 'aborted' as const;
      throw error;
    },
  );
  const first = await Promise.race([ended, aborted.promise]);
  if (first === 'whole') return null;
  const abortedMs = await aborted.promise;
  const askedMs = performance.now();
  const { atMs } = await ask(orilla, next);
  const wasUnderWay = (await ended) === 'aborted';
  return wasUnderWay && atMs[0] !== undefined ? askedMs + atMs[0] - abortedMs : null;
}

async function calibrate({ device }: Orilla, pkg: DevicePackage): Promise<number> {
  if (!device) throw new Error('This browser has no device way.');
  const { rates } = await device.facts({ anew: true });
  if (rates[pkg.id]) throw new Error('It was measured before: there is no cost to tell.');
  const begunMs = performance.now();
  await device.measure(pkg.id);
  return performance.now() - begunMs;
}
