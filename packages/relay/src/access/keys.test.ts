import { createHash } from 'node:crypto';
import { defaultPrivacy, type Privacy } from '@orilla/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anonymousPrincipal, createAuthenticate } from './keys.ts';

const privacy = { ceiling: defaultPrivacy, default: defaultPrivacy };
const key = (name: string, secret: string, labels: { ceiling?: Privacy; default?: Privacy } = {}) => ({
  name,
  sha256: createHash('sha256').update(secret).digest(),
  ...privacy,
  ...labels,
});
const access = (...keys: ReturnType<typeof key>[]) => ({ access: { keys, cors: { origins: [] } }, privacy });

test('without keys everybody is the same, and a key that is sent all the same is no matter', () => {
  const anonymous = anonymousPrincipal(privacy);
  const authenticate = createAuthenticate(access(), anonymous);
  expect(authenticate({})).toBe(anonymous);
  expect(authenticate({ authorization: 'Bearer unused' })).toBe(anonymous);
  expect(authenticate({ authorization: 'Basic x' })).toBe(anonymous);
});

test('finds the principal of a key', () => {
  const authenticate = createAuthenticate(access(key('a', 'sk-a'), key('b', 'sk-b')));
  expect(authenticate({ authorization: 'Bearer sk-a' }).name).toBe('a');
  expect(authenticate({ 'x-api-key': 'sk-b' }).name).toBe('b');
});

test('whatever the bytes of a key and its hash are, it opens what is its own and nothing else', () => {
  const secret = fc.string({ minLength: 1, maxLength: 80, unit: fc.constantFrom(...'abcXYZ019-_.~+/=é') });
  fc.assert(
    fc.property(secret, secret, (one, other) => {
      fc.pre(one !== other);
      const authenticate = createAuthenticate(access(key('one', one)));
      expect(authenticate({ 'x-api-key': one }).name).toBe('one');
      expect(() => authenticate({ 'x-api-key': other })).toThrow();
      expect(authenticate({ authorization: `Bearer ${one}` }).name).toBe('one');
    }),
  );
});

test.each([
  [{}],
  [{ authorization: '' }],
  [{ authorization: 'Bearer' }],
  [{ authorization: 'Bearer a b' }],
  [{ authorization: 'Bearer sk-x' }],
  [{ authorization: 'Token sk-a' }],
  [{ 'x-api-key': '' }],
  [{ 'x-api-key': ['sk-a', 'sk-a'] }],
  [{ authorization: 'Bearer sk-a', 'x-api-key': 'sk-b' }],
  [{ authorization: '', 'x-api-key': 'sk-a' }],
])('%j opens nothing, and the message repeats nothing', (headers) => {
  const authenticate = createAuthenticate(access(key('a', 'sk-a'), key('b', 'sk-b')));
  expect(() => authenticate(headers)).toThrowError(
    expect.objectContaining({ code: 'relay.unauthorized', status: 401 }),
  );
  expect(() => authenticate(headers)).toThrowError(/^(?!.*sk-)/);
});

test('a key’s label stays within the relay’s, and its default within its own ceiling', () => {
  const wide: Privacy = { label: 'public' };
  const narrow: Privacy = { label: 'organization', zones: ['on-premises'] };
  const authenticate = createAuthenticate(
    access(
      key('wide', 'sk-wide', { ceiling: wide, default: wide }),
      key('narrow', 'sk-narrow', { ceiling: narrow, default: wide }),
    ),
  );
  expect(authenticate({ 'x-api-key': 'sk-wide' })).toMatchObject({ ceiling: defaultPrivacy, default: defaultPrivacy });
  expect(authenticate({ 'x-api-key': 'sk-narrow' })).toMatchObject({ ceiling: narrow, default: narrow });
});

test('who has no key stays within the relay’s ceiling, too', () => {
  const ceiling: Privacy = { label: 'organization', zones: ['on-premises'] };
  expect(anonymousPrincipal({ ceiling, default: { label: 'public' } })).toMatchObject({ ceiling, default: ceiling });
});

test('no two principals share a cache salt, and no two processes', () => {
  const salts = [1, 2].flatMap(() => {
    const authenticate = createAuthenticate(access(key('a', 'sk-a'), key('b', 'sk-b')));
    return ['sk-a', 'sk-b'].map((secret) => authenticate({ 'x-api-key': secret }).cacheSalt);
  });
  expect(new Set([...salts, anonymousPrincipal(privacy).cacheSalt]).size).toBe(5);
});
