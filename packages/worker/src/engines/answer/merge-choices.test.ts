import { expect, test } from 'vitest';
import { mergeChoices } from './merge-choices.ts';

async function* counting(name: string, steps: number, onEnd: () => void = () => undefined) {
  try {
    for (let step = 0; step < steps; step += 1) {
      await Promise.resolve();
      yield `${name}${step}`;
    }
    return `${name} is done`;
  } finally {
    onEnd();
  }
}

test('answers come side by side, none waiting for the end of another, each with its end', async () => {
  const steps = [];
  for await (const step of mergeChoices([counting('a', 2), counting('b', 3)], { most: 2 })) steps.push(step);
  expect(steps).toEqual([
    { choice: 0, value: 'a0' },
    { choice: 1, value: 'b0' },
    { choice: 0, value: 'a1' },
    { choice: 1, value: 'b1' },
    { choice: 0, end: 'a is done' },
    { choice: 1, value: 'b2' },
    { choice: 1, end: 'b is done' },
  ]);
});

test('with room for one they come one after the other, and those that did not begin end with it', async () => {
  const steps = [];
  const answers = [counting('a', 1), counting('b', 2), counting('c', 9)];
  for await (const { choice, ...step } of mergeChoices(answers, { most: 1 })) {
    if (choice === 2) break;
    steps.push(Object.values(step)[0]);
  }
  expect(steps).toEqual(['a0', 'a is done', 'b0', 'b1', 'b is done']);
  expect(await answers[2]?.next()).toEqual({ done: true, value: undefined });
});

test('leaving it ends all of them', async () => {
  const ended: string[] = [];
  const answers = ['a', 'b'].map((name) => counting(name, 9, () => ended.push(name)));
  for await (const { choice } of mergeChoices(answers, { most: 2 })) if (choice === 1) break;
  expect(ended.sort()).toEqual(['a', 'b']);
});

test('a failure of one ends all of them and is told', async () => {
  const ended: string[] = [];
  async function* failing() {
    yield 'once';
    await Promise.resolve();
    throw new Error('broken');
  }
  const answers = [counting('a', 9, () => ended.push('a')), failing()];
  await expect(async () => {
    for await (const _ of mergeChoices<string, unknown>(answers, { most: 2 }));
  }).rejects.toThrow('broken');
  expect(ended).toEqual(['a']);
});
