import type { ChatRequest, Feature, GenerateOptions, TokenEvent } from '@orilla/contract';
import { type BegunChoice, beginChoice } from '../answer/begin-choice.ts';
import { choiceEvents } from '../answer/choice-events.ts';
import { ChoiceTokens } from '../answer/choice-tokens.ts';
import { type AnswerPlan, planAnswer } from '../answer/plan-answer.ts';
import { endOfFullAnswer, tellAnswer } from '../answer/tell-answer.ts';
import { samplingSettings } from '../request/sampling-settings.ts';
import type { Step } from './causal-model.ts';
import type { KvCache } from './kv-cache.ts';
import { nextTask, type OpenModel, type PromptRun, runPrompt } from './prompt-run.ts';

export interface AnswerOptions extends GenerateOptions {
  readonly features: readonly Feature[];
}

/** One request, from its messages to the event that ends it. @throws as `Engine.generate` */
export async function* answerOf(
  open: OpenModel,
  request: ChatRequest,
  { signal, emitted, features }: AnswerOptions,
): AsyncGenerator<TokenEvent, void, undefined> {
  const plan = planAnswer(open, request, { settings: samplingSettings(request, { features }), emitted });
  if (plan.limit === 0) {
    yield endOfFullAnswer(plan);
    return;
  }
  const { settings, prompt, before } = plan;
  const tokens = [...prompt, ...before];
  const begun: BegunChoice[] = [];
  try {
    // Before the prompt, which may take much longer: it would be computed for nothing where no grammar can be made.
    for (let choice = 0; choice < settings.choices; choice += 1)
      begun.push(await beginChoice(open, plan, { choice, signal }));
    yield* answersBehind(open, plan, { tokens, run: await runPrompt(open, tokens, { signal }), begun, signal });
  } finally {
    for (const { mask } of begun) mask?.free();
  }
}

interface Beginning {
  /** The prompt, and what of the answer is out already. */
  readonly tokens: readonly number[];
  readonly run: PromptRun;
  readonly begun: readonly BegunChoice[];
  readonly signal: AbortSignal;
}

async function* answersBehind(
  open: OpenModel,
  plan: AnswerPlan,
  { tokens, run, begun, signal }: Beginning,
): AsyncGenerator<TokenEvent, void, undefined> {
  const { cachedTokens } = run;
  const choices = begun.map((choice) => runChoice(open, plan, { ...choice, run, signal }));
  try {
    const answers = choices.map(({ tokens }, choice) => choiceEvents(open, plan, { tokens, choice, cachedTokens }));
    yield* tellAnswer(plan, answers, { most: answers.length });
  } finally {
    keepBeginning(open, { tokens, run, first: choices[0] });
    for (const choice of choices) choice.release();
    run.kv.release();
  }
}

interface RunningChoice {
  readonly tokens: ChoiceTokens;
  /** Of the prompt and of those tokens that were computed. */
  readonly kv: KvCache;
  release(): void;
}

function runChoice(
  { model, endTokenIds }: OpenModel,
  { limit }: AnswerPlan,
  { run, sampler, mask, signal }: BegunChoice & Pick<Beginning, 'run' | 'signal'>,
): RunningChoice {
  let kv = run.kv.hold();
  const goOn = async (id: number) => {
    // In a later task: tokens leave for the page, and an abort comes in, before the next step takes the thread.
    await nextTask();
    signal.throwIfAborted();
    const step = await model.step([id], kv);
    kv.release();
    kv = step.kv;
    return logitsOf(step);
  };
  return {
    tokens: new ChoiceTokens({ logits: logitsOf(run), goOn, sampler, mask, endTokenIds, limit, signal }),
    get kv() {
      return kv;
    },
    release: () => kv.release(),
  };
}

function logitsOf({ logits }: Step): Float32Array {
  if (logits) return logits;
  throw new TypeError('A step whose logits nobody wanted is none to go on from.');
}

interface ComputedAnswer extends Pick<Beginning, 'tokens' | 'run'> {
  readonly first: RunningChoice | undefined;
}

/** What was computed for the first answer is where the next turn of this conversation begins. */
function keepBeginning({ prefixes, model }: OpenModel, { tokens, run, first }: ComputedAnswer): void {
  if (!model.session.isOpen) return;
  const kv = (first?.kv ?? run.kv).hold();
  prefixes.keep([...tokens, ...(first?.tokens.ids ?? [])].slice(0, kv.length), kv);
}
