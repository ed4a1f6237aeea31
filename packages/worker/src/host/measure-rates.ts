import { type ChatRequest, type Engine, OrillaError, type PackageRates, type TokenEvent } from '@orilla/contract';

/** Common words, one token each in most vocabularies; together they mean nothing to anybody. */
const words = ['sea', 'sand', 'wind', 'shore', 'stone', 'light', 'rain'];
/** Enough that computing them takes much longer than a call; fewer where that would take longer than `prefillLimitMs`. */
const mostWords = 40;
const leastWords = 8;
const prefillLimitMs = 3_000;
/** Few, since they are computed for nobody: a slow device gives one or two a second. */
const answerTokens = 12;
/** Of an answer that takes longer the rest is not waited for. */
const decodeLimitMs = 3_000;

export interface MeasureOptions {
  readonly signal: AbortSignal;
  readonly backend: PackageRates['backend'];
  /** Milliseconds since the Unix epoch, as in token events. */
  readonly now?: () => number;
}

/**
 * Measures an open engine by a question of its own: tokens of prompt per second until the first token of the answer, less the step that made
 * that token; and tokens per second after it. A question of one token goes before it and does not count: shaders are compiled in it, and
 * memory is touched for the first time. What came from the cache does not count either.
 * @throws OrillaError `engine.failed` where it says too little, and as the engine does; AbortError
 */
export async function measureRates(
  engine: Pick<Engine, 'name' | 'generate'>,
  { signal, backend, now = Date.now }: MeasureOptions,
): Promise<PackageRates> {
  const warmUp = await timeAnswer(engine, question(['hello'], 2), { signal, now });
  const sea = Array.from({ length: wordsInTime(warmUp) }, (_, index) => words[index % words.length] ?? '');
  const { beganAtMs, tokens, finish } = await timeAnswer(engine, question(sea, answerTokens), { signal, now });
  const [first] = tokens;
  const tokensToldOf = tokens.reduce((sum, { count }) => sum + count, 0);
  // Tokens after those of the first event, which came at once: text that waits for the rest of a character comes with it.
  const steps = (finish?.completionTokens ?? tokensToldOf) - (first?.count ?? 0);
  // Tokens whose text never became whole are told of by the end alone.
  const lastAtMs = tokens.length > 1 ? tokens.at(-1)?.atMs : finish?.atMs;
  if (!first || lastAtMs === undefined || steps < 1)
    throw new OrillaError('engine.failed', 'The model could not be measured: it answered too little.', {
      advice: 'Use it without a measurement.',
    });
  const stepMs = Math.max(lastAtMs - first.atMs, 1) / steps;
  const computed = finish ? finish.promptTokens - finish.cachedTokens : sea.length;
  return {
    engine: engine.name,
    backend,
    prefillTokensPerSecond: perSecond(computed, first.atMs - beganAtMs - stepMs * first.count),
    decodeTokensPerSecond: 1000 / stepMs,
    measuredAtMs: now(),
  };
}

/** As many words as are computed in time, going by what came before, which was slower if anything. */
function wordsInTime({ beganAtMs, tokens: [first], finish }: Awaited<ReturnType<typeof timeAnswer>>): number {
  if (!first || !finish) return leastWords;
  const inTime = (prefillLimitMs / Math.max(first.atMs - beganAtMs, 1)) * (finish.promptTokens - finish.cachedTokens);
  return Math.min(mostWords, Math.max(leastWords, Math.floor(inTime)));
}

const question = (content: readonly string[], maxTokens: number): ChatRequest => ({
  model: '',
  messages: [{ role: 'user', content: content.join(' ') }],
  max_tokens: maxTokens,
  temperature: 0,
});

async function timeAnswer(
  engine: Pick<Engine, 'generate'>,
  request: ChatRequest,
  { signal, now }: Required<Pick<MeasureOptions, 'signal' | 'now'>>,
) {
  const beganAtMs = now();
  const tokens: { readonly atMs: number; readonly count: number }[] = [];
  let finish: Extract<TokenEvent, { type: 'finish' }> | null = null;
  for await (const event of engine.generate(request, { signal })) {
    if (event.type === 'token') tokens.push({ atMs: event.atMs, count: event.tokenIds?.length ?? 1 });
    if (event.type === 'finish') finish = event;
    // To leave the loop stops the engine.
    else if (tokens.length > 2 && event.atMs - (tokens[0]?.atMs ?? event.atMs) > decodeLimitMs) break;
  }
  return { beganAtMs, tokens, finish };
}

/** A clock that has not moved bounds the rate, it doesn't make it infinite. */
function perSecond(tokens: number, ms: number): number {
  return tokens / (Math.max(ms, 1) / 1000);
}
