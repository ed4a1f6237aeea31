import { expect, test } from 'vitest';
import { modelTextOf } from '../../text/model-text.ts';
import { CausalModel } from './causal-model.ts';
import { PrefixCache } from './prefix-cache.ts';
import { runPrompt } from './prompt-run.ts';
import { openTinySession, referenceCases, tinyWeights } from './tiny-model.double.ts';

const weights = tinyWeights();
const [tokenizer, tokenizerConfig] = await Promise.all(
  ['tokenizer.json', 'tokenizer_config.json'].map(async (name) => JSON.parse((await weights.get(name)?.text()) ?? '')),
);
const text = modelTextOf({ tokenizer, tokenizerConfig });
const session = await openTinySession(weights);
const { signal } = new AbortController();
const long = Array.from({ length: 200 }, (_, index) => (index * 37) % 500);

/** The real model, which notes how many tokens each step took. */
class NotedModel extends CausalModel {
  readonly steps: number[] = [];
  onStep: () => void = () => undefined;

  override step(...[ids, ...rest]: Parameters<CausalModel['step']>): ReturnType<CausalModel['step']> {
    this.steps.push(ids.length);
    this.onStep();
    return super.step(ids, ...rest);
  }
}

function openNoted() {
  const model = new NotedModel(session);
  const prefixes = new PrefixCache({ most: 2 });
  return { model, prefixes };
}

test.each(referenceCases())(
  'the text of the tiny model cuts "$prompt" as its maker did',
  ({ prompt, promptTokens }) => {
    expect(text.encode(prompt)).toEqual(promptTokens);
  },
);

test('a long prompt is computed in small pieces, and none of what is known', async () => {
  const open = openNoted();
  const run = await runPrompt(open, long, { signal });
  expect(open.model.steps).toEqual([32, 32, 32, 32, 32, 32, 8]);
  expect(run).toMatchObject({ cachedTokens: 0, kv: { length: 200 } });
  open.prefixes.keep(long, run.kv);
  open.model.steps.length = 0;
  const more = await runPrompt(open, [...long.slice(0, 150), 7, 8, 9], { signal });
  expect(open.model.steps).toEqual([3]);
  expect(more).toMatchObject({ cachedTokens: 150, kv: { length: 153 } });
});

test('what was known and what is computed anew give the same logits', async () => {
  const open = openNoted();
  const run = await runPrompt(open, long, { signal });
  open.prefixes.keep(long, run.kv);
  const tokens = [...long.slice(0, 100), 11, 12];
  const [known, fresh] = [await runPrompt(open, tokens, { signal }), await runPrompt(openNoted(), tokens, { signal })];
  expect(known.cachedTokens).toBe(100);
  const differences = Array.from(known.logits ?? [], (value, at) => Math.abs(value - (fresh.logits?.[at] ?? 0)));
  expect(Math.max(...differences)).toBeLessThan(1e-3);
});

test('an abort in a long prompt ends it after the piece that is under way', async () => {
  const open = openNoted();
  const controller = new AbortController();
  open.model.onStep = () => {
    if (open.model.steps.length === 2) controller.abort();
  };
  await expect(runPrompt(open, long, { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(open.model.steps).toEqual([32, 32]);
});

test('two prompts at once take turns after every piece', async () => {
  const [one, other] = [openNoted(), openNoted()];
  const order: string[] = [];
  one.model.onStep = () => order.push('one');
  other.model.onStep = () => order.push('other');
  await Promise.all([runPrompt(one, long, { signal }), runPrompt(other, long, { signal })]);
  expect(order.lastIndexOf('one')).toBeGreaterThan(order.indexOf('other') + 3);
  expect(order.lastIndexOf('other')).toBeGreaterThan(order.indexOf('one') + 3);
});
