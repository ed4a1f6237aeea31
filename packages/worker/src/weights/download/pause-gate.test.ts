import { expect, test } from 'vitest';
import { PauseGate } from './pause-gate.ts';

const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

/** Work that runs until it is stopped, or until its end is let happen. */
function makeWork() {
  const log: string[] = [];
  const end = Promise.withResolvers<string>();
  const work = ({ signal }: { readonly signal: AbortSignal }) => {
    log.push('begin');
    const stopped = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => {
        log.push('stop');
        reject(signal.reason);
      }),
    );
    return Promise.race([end.promise, stopped]);
  };
  const onPaused = () => {
    log.push('paused');
  };
  return { log, end, work, onPaused };
}

test('a pause stops the work at once, and a resumption begins it again', async () => {
  const gate = new PauseGate();
  const { log, end, work, onPaused } = makeWork();
  const ended = gate.run(work, { signal: new AbortController().signal, onPaused });
  gate.set(true);
  expect(log).toEqual(['begin', 'stop']);
  await tick();
  expect(log).toEqual(['begin', 'stop', 'paused']);
  gate.set(false);
  await tick();
  end.resolve('done');
  expect(await ended).toBe('done');
  expect(log).toEqual(['begin', 'stop', 'paused', 'begin']);
});

test('what is paused from the start begins when it is resumed', async () => {
  const gate = new PauseGate();
  gate.set(true);
  const { log, end, work, onPaused } = makeWork();
  const ended = gate.run(work, { signal: new AbortController().signal, onPaused });
  await tick();
  expect(log).toEqual(['paused']);
  gate.set(false);
  end.resolve('done');
  expect(await ended).toBe('done');
});

test('whoever pauses and resumes before the work has noticed has it begun again', async () => {
  const gate = new PauseGate();
  const { log, end, work, onPaused } = makeWork();
  const ended = gate.run(work, { signal: new AbortController().signal, onPaused });
  gate.set(true);
  gate.set(false);
  await tick();
  end.resolve('done');
  expect(await ended).toBe('done');
  expect(log).toEqual(['begin', 'stop', 'begin']);
});

test('an abort ends it, running or paused', async () => {
  for (const isPaused of [false, true]) {
    const gate = new PauseGate();
    const controller = new AbortController();
    const { work, onPaused } = makeWork();
    const ended = gate.run(work, { signal: controller.signal, onPaused });
    gate.set(isPaused);
    await tick();
    controller.abort();
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
  }
});

test('a failure of the work is thrown', async () => {
  const gate = new PauseGate();
  const { end, work, onPaused } = makeWork();
  const ended = gate.run(work, { signal: new AbortController().signal, onPaused });
  end.reject(new Error('broken'));
  await expect(ended).rejects.toThrow('broken');
});

test('setting what is so already changes nothing', async () => {
  const gate = new PauseGate();
  const { log, end, work, onPaused } = makeWork();
  const ended = gate.run(work, { signal: new AbortController().signal, onPaused });
  gate.set(false);
  expect(gate.isPaused).toBe(false);
  end.resolve('done');
  expect(await ended).toBe('done');
  expect(log).toEqual(['begin']);
});
