import { mkdir, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { countFinished, type InstallStep, runSteps } from './install-step.ts';

const log = () => undefined;

/** Three steps that write down in `ran` when they run; `failing` throws. */
function threeSteps(
  ran: string[],
  { failing, inputs = {} }: { failing?: string; inputs?: Record<string, string> } = {},
) {
  return ['one', 'two', 'three'].map(
    (name): InstallStep => ({
      name,
      says: `Step ${name}.`,
      diskBytes: 0,
      input: inputs[name] ?? 'as ever',
      async run() {
        ran.push(name);
        if (name === failing) throw new Error(`${name} broke`);
      },
    }),
  );
}

test('runs every step once, in order, and says which', async () => {
  await using folder = await scratchFolder();
  const ran: string[] = [];
  const said: string[] = [];
  await runSteps(threeSteps(ran), folder.path, { log: (message) => said.push(message) });
  expect(ran).toEqual(['one', 'two', 'three']);
  expect(said).toEqual(['[1/3] Step one.', '[2/3] Step two.', '[3/3] Step three.']);
});

test('finished steps do not run again', async () => {
  await using folder = await scratchFolder();
  await runSteps(threeSteps([]), folder.path, { log });
  const ran: string[] = [];
  await runSteps(threeSteps(ran), folder.path, { log });
  expect(ran).toEqual([]);
  expect(countFinished(threeSteps([]), folder.path)).toBe(3);
});

test.each([
  ['one', 0],
  ['two', 1],
  ['three', 2],
])('goes on at step %s when that one failed', async (failing, finished) => {
  await using folder = await scratchFolder();
  await expect(runSteps(threeSteps([], { failing }), folder.path, { log })).rejects.toThrow(`${failing} broke`);
  expect(countFinished(threeSteps([]), folder.path)).toBe(finished);
  const ran: string[] = [];
  await runSteps(threeSteps(ran), folder.path, { log });
  expect(ran).toEqual(['one', 'two', 'three'].slice(finished));
});

test('an abort stops before the next step and is thrown as it is', async () => {
  await using folder = await scratchFolder();
  const controller = new AbortController();
  const reason = new DOMException('stopped', 'AbortError');
  const ran: string[] = [];
  const steps = threeSteps(ran).map((step) => ({
    ...step,
    async run() {
      ran.push(step.name);
      if (step.name === 'two') controller.abort(reason);
    },
  }));
  await expect(runSteps(steps, folder.path, { log, signal: controller.signal })).rejects.toBe(reason);
  expect(ran).toEqual(['one', 'two']);
  expect(countFinished(steps, folder.path)).toBe(2);
});

test('a step gets the signal, so that it can stop in the middle', async () => {
  await using folder = await scratchFolder();
  const { signal } = new AbortController();
  const seen: unknown[] = [];
  const steps: InstallStep[] = threeSteps([]).map((step) => ({
    ...step,
    run: async (context) => void seen.push(context.signal),
  }));
  await runSteps(steps, folder.path, { log, signal });
  expect(seen).toEqual([signal, signal, signal]);
});

test('a changed input makes that step and all after it run again', async () => {
  await using folder = await scratchFolder();
  await runSteps(threeSteps([]), folder.path, { log });
  const ran: string[] = [];
  const changed = threeSteps(ran, { inputs: { two: 'a newer version' } });
  expect(countFinished(changed, folder.path)).toBe(1);
  await runSteps(changed, folder.path, { log });
  expect(ran).toEqual(['two', 'three']);
});

test('a changed input that fails leaves no marker of a later step behind', async () => {
  await using folder = await scratchFolder();
  await runSteps(threeSteps([]), folder.path, { log });
  const changed = threeSteps([], { inputs: { two: 'a newer version' }, failing: 'two' });
  await expect(runSteps(changed, folder.path, { log })).rejects.toThrow('two broke');
  expect(await readdir(folder.path)).toEqual(['one.done']);
});

test('a marker cut short by a full disk counts for nothing', async () => {
  await using folder = await scratchFolder();
  await runSteps(threeSteps([]), folder.path, { log });
  await truncate(join(folder.path, 'two.done'), 10);
  expect(countFinished(threeSteps([]), folder.path)).toBe(1);
});

test('a marker that cannot be read counts for nothing', async () => {
  await using folder = await scratchFolder();
  await mkdir(join(folder.path, 'one.done'));
  expect(countFinished(threeSteps([]), folder.path)).toBe(0);
});

test('a marker that something else wrote counts for nothing', async () => {
  await using folder = await scratchFolder();
  await writeFile(join(folder.path, 'one.done'), 'done');
  expect(countFinished(threeSteps([]), folder.path)).toBe(0);
});

test('a folder that does not exist holds no finished step', () => {
  expect(countFinished(threeSteps([]), '/nowhere/at/all')).toBe(0);
});
