import { type Engine, OrillaError, type PackageRates, type TokenEvent } from '@orilla/contract';

/** Long enough that the prompt is computed in more than one batch; the words mean nothing to anybody. */
const promptWords = 96;
/** Few, since they are computed for nobody: a slow device gives one or two a second. */
const answerTokens = 12;

export interface MeasureOptions {
  readonly signal: AbortSignal;
  readonly backend: PackageRates['backend'];
  /** Milliseconds since the Unix epoch, as in token events. */
  readonly now?: () => number;
}

/**
 * Measures an open engine by a question of its own: tokens of prompt per second until the first token of the answer, and tokens per second
 * after it.
 * @throws OrillaError `engine.failed` where it says nothing, and as the engine does; AbortError
 */
export async function measureRates(
  engine: Pick<Engine, 'name' | 'generate'>,
  { signal, backend, now = Date.now }: MeasureOptions,
): Promise<PackageRates> {
  const content = Array.from({ length: promptWords }, (_, index) => `${index}`).join(' ');
  const request = {
    model: '',
    messages: [{ role: 'user' as const, content }],
    max_tokens: answerTokens,
    temperature: 0,
  };
  const beganAtMs = now();
  const times: number[] = [];
  let finish: Extract<TokenEvent, { type: 'finish' }> | null = null;
  for await (const event of engine.generate(request, { signal })) {
    if (event.type === 'token') times.push(event.atMs);
    if (event.type === 'finish') finish = event;
  }
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined || !finish)
    throw new OrillaError('engine.failed', 'The model could not be measured: it answered nothing.', {
      advice: 'Use it without a measurement.',
    });
  const computed = finish.promptTokens - finish.cachedTokens;
  return {
    engine: engine.name,
    backend,
    prefillTokensPerSecond: perSecond(computed, first - beganAtMs),
    decodeTokensPerSecond: perSecond(Math.max(finish.completionTokens - 1, 1), last - first),
    measuredAtMs: now(),
  };
}

/** A clock that has not moved between two tokens bounds the rate, it doesn't make it infinite. */
function perSecond(tokens: number, ms: number): number {
  return tokens / (Math.max(ms, 1) / 1000);
}
