import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { endingSignal } from './ending-signal.ts';

class FakeExit extends Error {}

function begin() {
  const requests = new EventEmitter();
  const time = { now: 5_000 };
  const codes: unknown[] = [];
  const signal = endingSignal({
    process: {
      on: (name: string | symbol, listener: (...args: never[]) => void) => {
        requests.on(name, listener as () => void); // signals are listened to without arguments here
        return process;
      },
      exit: (code) => {
        codes.push(code);
        throw new FakeExit();
      },
    },
    now: () => time.now,
  });
  return { requests, time, codes, signal };
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('%s aborts the signal and ends nothing by itself', (request) => {
  const { requests, codes, signal } = begin();
  expect(signal.aborted).toBe(false);
  requests.emit(request);
  expect([signal.aborted, signal.reason.name, codes]).toEqual([true, 'AbortError', []]);
});

test('the same ^C, passed on by npm as well, is one request', () => {
  const { requests, time, codes } = begin();
  requests.emit('SIGINT');
  time.now += 900;
  requests.emit('SIGINT');
  expect(codes).toEqual([]);
});

test('who asks again after a while does not wait', () => {
  const { requests, time, codes } = begin();
  requests.emit('SIGINT');
  time.now += 1_100;
  expect(() => requests.emit('SIGINT')).toThrow(FakeExit);
  expect(codes).toEqual([130]);
});
