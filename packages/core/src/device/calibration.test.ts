import { abortReason, OrillaError } from '@orilla/contract';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Calibration } from './calibration.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Measurements that end when they are told to. */
function world() {
  const asked: string[] = [];
  const aborted: string[] = [];
  let measured = 0;
  let settle: { resolve: (value: unknown) => void; reject: (error: unknown) => void } | null = null;
  const calibration = new Calibration({
    idleMs: 1_000,
    onMeasured: () => {
      measured++;
    },
    measure: (packageId, { signal }) => {
      asked.push(packageId);
      return new Promise((resolve, reject) => {
        settle = { resolve, reject };
        signal.addEventListener('abort', () => {
          aborted.push(packageId);
          reject(abortReason(signal));
        });
      });
    },
  });
  const idle = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  return {
    calibration,
    asked,
    aborted,
    idle,
    measured: () => measured,
    end: () => settle?.resolve(null),
    fail: (error = new Error('failed')) => settle?.reject(error),
  };
}

test('what was loaded is measured once nobody has asked for a while, and once only', async () => {
  const { calibration, asked, idle, end, measured } = world();
  calibration.want('a');
  await idle(999);
  expect(asked).toEqual([]);
  await idle(1);
  expect(asked).toEqual(['a']);
  end();
  await idle(10_000);
  expect(asked).toEqual(['a']);
  expect(measured()).toBe(1);
});

test('is not begun while an answer runs, nor before the last of several ends', async () => {
  const { calibration, asked, idle } = world();
  calibration.want('a');
  const ends = [calibration.begin(), calibration.begin()];
  await idle(5_000);
  ends[0]?.();
  ends[0]?.(); // an end counts once
  await idle(5_000);
  expect(asked).toEqual([]);
  ends[1]?.();
  await idle(1_000);
  expect(asked).toEqual(['a']);
});

test('a question ends it at once, and it is begun anew when that is answered', async () => {
  const { calibration, asked, aborted, idle, end, measured } = world();
  calibration.want('a');
  await idle(1_000);
  const answered = calibration.begin();
  expect(aborted).toEqual(['a']);
  await idle(5_000);
  answered();
  await idle(1_000);
  expect(asked).toEqual(['a', 'a']);
  end();
  await idle(0);
  expect(measured()).toBe(1);
});

test('one that fails is not tried again before the next load', async () => {
  const { calibration, asked, idle, fail, measured } = world();
  calibration.want('a');
  await idle(1_000);
  fail();
  await idle(10_000);
  calibration.begin()();
  await idle(10_000);
  expect(asked).toEqual(['a']);
  expect(measured()).toBe(0);
  calibration.want('a');
  await idle(1_000);
  expect(asked).toEqual(['a', 'a']);
});

test('of two loads the later one is measured', async () => {
  const { calibration, asked, idle } = world();
  calibration.want('a');
  calibration.want('b');
  await idle(1_000);
  expect(asked).toEqual(['b']);
});

test('when the device goes it is over', async () => {
  const { calibration, asked, aborted, idle } = world();
  calibration.want('a');
  calibration.forget();
  await idle(5_000);
  expect(asked).toEqual([]);
  calibration.want('a');
  await idle(1_000);
  calibration.forget();
  await idle(5_000);
  expect(aborted).toEqual(['a']);
  expect(asked).toEqual(['a']);
});

test('one that another tab was asked in is begun anew, after a while', async () => {
  const { calibration, asked, idle, fail, end, measured } = world();
  calibration.want('a');
  await idle(1_000);
  fail(new OrillaError('engine.busy', 'A question came.'));
  await idle(999);
  expect(asked).toEqual(['a']);
  await idle(1);
  expect(asked).toEqual(['a', 'a']);
  end();
  await idle(0);
  expect(measured()).toBe(1);
});
