import { expect, test } from 'vitest';
import type { CheckStep } from './check-step.ts';
import { runSteps } from './run-steps.ts';

const good: CheckStep = { name: 'good', run: async () => ({ ok: true }) };
const bad: CheckStep = { name: 'bad', run: async () => ({ ok: false, findings: 'a.ts: line 1\nb.ts: line 2' }) };

test('tells about every step, and goes on after one that failed', async () => {
  const lines: string[] = [];
  const failed = await runSteps([bad, good, bad], { log: (line) => lines.push(line), now: () => 0 });
  expect(failed).toBe(2);
  expect(lines).toEqual([
    'FAIL  bad (0.0 s)',
    '      a.ts: line 1\n      b.ts: line 2',
    'ok    good (0.0 s)',
    'FAIL  bad (0.0 s)',
    '      a.ts: line 1\n      b.ts: line 2',
  ]);
});

test('an abort ends between two steps', async () => {
  const stop = new AbortController();
  const stopping: CheckStep = {
    name: 'stopping',
    run: async () => {
      stop.abort();
      return { ok: true };
    },
  };
  const ran: string[] = [];
  const never: CheckStep = {
    name: 'never',
    run: async () => {
      ran.push('never');
      return { ok: true };
    },
  };
  const run = runSteps([stopping, never], { signal: stop.signal, log: () => undefined });
  await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  expect(ran).toEqual([]);
});
