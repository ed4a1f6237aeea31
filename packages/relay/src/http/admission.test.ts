import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createAdmission } from './admission.ts';

/** Admission looks at a request's socket, and at a response's end. */
function exchange(socket: object) {
  const response = new EventEmitter();
  return {
    request: { socket } as IncomingMessage, // nothing else of it is read
    response: response as unknown as ServerResponse, // all that is used of it is that it emits
    end: () => response.emit('close'),
  };
}

const overloaded = expect.objectContaining({ code: 'relay.overloaded', status: 503 });

test('one connection has room for eight, again once one of them is over; others are not touched', () => {
  const admit = createAdmission({ maxActive: 100 });
  const socket = new EventEmitter();
  const take = () => {
    const { request, response, end } = exchange(socket);
    admit(request, response);
    return end;
  };
  const ends = Array.from({ length: 8 }, take);
  expect(take).toThrowError(overloaded);
  expect(take).toThrowError(overloaded);
  const other = exchange(new EventEmitter());
  expect(() => admit(other.request, other.response)).not.toThrow();
  ends[3]?.();
  expect(take).not.toThrow();
  expect(take).toThrowError(overloaded);
});

test('all connections together have room for so many, and what was refused takes none', () => {
  const admit = createAdmission({ maxActive: 3 });
  const take = () => {
    const { request, response, end } = exchange(new EventEmitter());
    admit(request, response);
    return end;
  };
  const ends = [take(), take(), take()];
  for (let turn = 0; turn < 5; turn++) expect(take).toThrowError(overloaded);
  for (const end of ends) end();
  expect([take(), take(), take()]).toHaveLength(3);
  expect(take).toThrowError(overloaded);
});
