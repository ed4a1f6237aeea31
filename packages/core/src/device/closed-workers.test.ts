import { expect, test } from 'vitest';
import { ClosedWorkers, openClosedWorkers } from './closed-workers.ts';

/** What pages of an origin write down; one page after the other. */
function origin() {
  const written = new Map<string, string>();
  const storage = {
    getItem: (key: string) => written.get(key) ?? null,
    setItem: (key: string, value: string) => void written.set(key, value),
  };
  const open = () => {
    const page = new EventTarget();
    const closed = new ClosedWorkers({ storage, page });
    const watch = (lockName: string | null) => {
      const life = new AbortController();
      closed.watch({ lockName, lost: life.signal });
      return life;
    };
    return { closed, watch, leave: () => page.dispatchEvent(new Event('pagehide')) };
  };
  return { open, written };
}

test('a page that is left writes down its worker, for the next one to read', () => {
  const { open } = origin();
  const page = open();
  page.watch('one');
  expect(open().closed.names).toEqual([]);
  page.leave();
  expect(open().closed.names).toEqual(['one']);
});

test('a page that went down wrote nothing', () => {
  const { open } = origin();
  open().watch('one');
  expect(open().closed.names).toEqual([]);
});

test('a worker that ended while its page looked on is written down at once, and not again when that is left', () => {
  const { open } = origin();
  const page = open();
  const first = page.watch('one');
  page.watch('two');
  first.abort();
  expect(page.closed.names).toEqual(['one']);
  page.leave();
  expect(page.closed.names).toEqual(['one', 'two']);
});

test('a worker without a lock has no name to be written down', () => {
  const { open } = origin();
  const page = open();
  page.watch(null).abort();
  page.leave();
  expect(page.closed.names).toEqual([]);
});

test('of many only the last are kept', () => {
  const { open } = origin();
  for (let number = 0; number < 40; number += 1) open().watch(`${number}`).abort();
  const { names } = open().closed;
  expect(names).toHaveLength(16);
  expect(names.at(-1)).toBe('39');
});

test('what something else wrote there is no name, and a storage that is full is done without', () => {
  for (const value of ['{', '"one"', '{"a":1}', '[1,"one",null]']) {
    const storage = {
      getItem: () => value,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    };
    const page = new EventTarget();
    const closed = new ClosedWorkers({ storage, page });
    closed.watch({ lockName: 'two', lost: new AbortController().signal });
    page.dispatchEvent(new Event('pagehide'));
    expect(closed.names).toEqual(value.startsWith('[') ? ['one'] : []);
  }
});

test('outside a page there is nothing to write on', () => {
  expect(openClosedWorkers()).toBeNull();
});
