import { expect, test } from 'vitest';
import { abortReason, isAbortError, isOrillaError, OrillaError } from './error.ts';
import { decodeError, encodeError } from './error-codec.ts';
import { type ErrorCode, errorCodes, familyOf, isErrorCode } from './error-codes.ts';
import { fromWireError, toWireError, wireErrorType } from './wire-error.ts';

const codes = Object.keys(errorCodes).filter(isErrorCode);

test('an error crosses the worker whole, its cause and its advice with it', () => {
  const cause = new OrillaError('storage.corrupt-chunk', 'Chunk 3 is corrupt.');
  const error = new OrillaError('engine.load-failed', 'It did not open.', {
    advice: 'Try again.',
    param: 'model',
    cause,
  });
  const decoded = decodeError(structuredClone(encodeError(error)));
  expect(isOrillaError(decoded)).toBe(true);
  expect(decoded).toMatchObject({
    code: 'engine.load-failed',
    family: 'Engine',
    message: 'It did not open.',
    advice: 'Try again.',
    param: 'model',
    isRetryable: false,
  });
  expect(decoded.cause).toMatchObject({ code: 'storage.corrupt-chunk' });
  expect(decoded.stack).toBe(error.stack);
});

test('an abort crosses the worker as a plain AbortError', () => {
  const decoded = decodeError(structuredClone(encodeError(new DOMException('stopped', 'AbortError'))));
  expect(decoded).toBeInstanceOf(DOMException);
  expect(isAbortError(decoded)).toBe(true);
});

test('a foreign error keeps its name and message, and is not ours', () => {
  const decoded = decodeError(structuredClone(encodeError(new RangeError('out of range'))));
  expect(decoded).toMatchObject({ name: 'RangeError', message: 'out of range' });
  expect(isOrillaError(decoded)).toBe(false);
});

test('what is thrown but no error is still carried over', () => {
  expect(decodeError(encodeError('a text')).message).toBe('a text');
});

test('a cycle of causes ends', () => {
  const error = new OrillaError('engine.failed', 'round');
  error.cause = error;
  expect(() => structuredClone(encodeError(error))).not.toThrow();
});

test('an error is known by its marker, not by its class', () => {
  expect(isOrillaError({ [Symbol.for('orilla.error')]: true })).toBe(true);
  expect(isOrillaError(new Error('plain'))).toBe(false);
  expect(isOrillaError(null)).toBe(false);
});

test('an abort signal without a reason of its own gives an AbortError', () => {
  expect(isAbortError(abortReason(AbortSignal.abort()))).toBe(true);
});

test.each(codes)('%s has a family, a status and a wire shape', (code: ErrorCode) => {
  const error = new OrillaError(code, 'What happened.', { advice: 'What to do.' });
  expect(code.startsWith(`${familyOf(code).toLowerCase()}.`)).toBe(true);
  expect(error.status).toBeGreaterThanOrEqual(400);
  expect(toWireError(error).error).toMatchObject({
    message: 'What happened. What to do.',
    type: wireErrorType(error.status),
  });
});

test.each(codes)('%s survives the wire: the client rebuilds the same code', (code: ErrorCode) => {
  const error = new OrillaError(code, 'What happened.', { param: 'model' });
  const rebuilt = fromWireError(error.status, JSON.parse(JSON.stringify(toWireError(error))));
  expect(rebuilt).toMatchObject({ code, message: 'What happened.', param: 'model' });
});

test.each([
  [401, 'relay.unauthorized'],
  [429, 'relay.rate-limited'],
  [503, 'relay.overloaded'],
  [500, 'relay.upstream-failed'],
  [400, 'relay.rejected'],
])('a status %i whose body says nothing becomes %s', (status, code) => {
  for (const body of [null, 'text', {}, { error: null }, { error: { code: 12 } }]) {
    expect(fromWireError(status, body).code).toBe(code);
  }
});

test('an error that is only a text keeps it', () => {
  expect(fromWireError(401, { error: 'Unauthorized' }).message).toBe('Unauthorized');
});
