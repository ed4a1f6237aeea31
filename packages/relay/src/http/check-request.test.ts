import type { OrillaError } from '@orilla/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkRequest } from './check-request.ts';
import { type Endpoint, endpoints, type FieldRule } from './endpoints.ts';

const minimal: Record<Endpoint['name'], Record<string, unknown>> = {
  chat: { model: 'm', messages: [] },
  completions: { model: 'm', prompt: 'x' },
  embeddings: { model: 'm', input: 'x' },
};

function refusal(endpoint: Endpoint, body: Record<string, unknown>): OrillaError | undefined {
  try {
    checkRequest(endpoint, body);
    return undefined;
  } catch (error) {
    return error as OrillaError; // asserted on by its code below
  }
}

const everyField = Object.values(endpoints).flatMap((endpoint) =>
  [...endpoint.fields].map(([field, rule]): [string, Endpoint, string, FieldRule] => [
    `${endpoint.name}.${field}`,
    endpoint,
    field,
    rule,
  ]),
);

test.each(everyField)('%s does what the table says', (_name, endpoint, field, rule) => {
  const body = minimal[endpoint.name];
  if (rule === 'own') return;
  if (typeof rule === 'object' && 'refuse' in rule) {
    expect(refusal(endpoint, { ...body, [field]: 1 })).toMatchObject({ code: 'protocol.bad-request', param: field });
    return;
  }
  if (typeof rule === 'object' && 'max' in rule) {
    expect(checkRequest(endpoint, { ...body, [field]: rule.max }).forwarded[field]).toBe(rule.max);
    for (const bad of [rule.max + 1, -1, 1.5, '1', true, Number.POSITIVE_INFINITY]) {
      expect(refusal(endpoint, { ...body, [field]: bad })).toMatchObject({ param: field });
    }
    return;
  }
  if (typeof rule === 'object') {
    const [known = ''] = rule.switches;
    expect(checkRequest(endpoint, { ...body, [field]: { [known]: true } }).forwarded[field]).toEqual({ [known]: true });
    for (const bad of [{ other: true }, { [known]: 'x' }, 'x']) {
      expect(refusal(endpoint, { ...body, [field]: bad })).toMatchObject({ param: field });
    }
    return;
  }
  const value = field === 'messages' ? [{ role: 'user', content: 'x' }] : { any: ['thing'] };
  const { forwarded } = checkRequest(endpoint, { ...body, [field]: value });
  expect(forwarded[field]).toEqual(rule === 'forward' ? value : undefined);
});

test('what goes upstream is never more than the table forwards', () => {
  const endpoint = endpoints.chat;
  const names = fc.oneof(
    fc.string(),
    fc.constantFrom(...endpoint.fields.keys(), '__proto__', 'constructor', 'toString'),
  );
  fc.assert(
    fc.property(fc.dictionary(names, fc.constantFrom(1, 'x', null, {})), (extra) => {
      try {
        const { forwarded } = checkRequest(endpoint, {
          ...extra,
          model: 'm',
          messages: [],
          stream: true,
          stream_options: null,
        });
        for (const field of Object.keys(forwarded)) {
          expect(endpoint.fields.has(field)).toBe(true);
          expect(['own', 'leave-out']).not.toContain(endpoint.fields.get(field));
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'protocol.bad-request', status: 400 });
      }
    }),
    { numRuns: 500 },
  );
});

test('fields of one endpoint are unknown to another', () => {
  expect(refusal(endpoints.embeddings, { ...minimal.embeddings, temperature: 1 })).toMatchObject({
    param: 'temperature',
  });
  expect(refusal(endpoints.completions, { ...minimal.completions, messages: [] })).toMatchObject({ param: 'messages' });
  expect(refusal(endpoints.chat, { ...minimal.chat, prompt: 'x' })).toMatchObject({ param: 'prompt' });
});

test('a field’s long name is cut in the message', () => {
  const error = refusal(endpoints.chat, { ...minimal.chat, ['x'.repeat(10_000)]: 1 });
  expect(error?.message.length).toBeLessThan(200);
  expect(error?.param).toHaveLength(64);
});

test('null stands for absent, as OpenAI’s clients send it', () => {
  const body = { ...minimal.chat, stream: null, stream_options: null, n: null, documents: null };
  expect(checkRequest(endpoints.chat, body)).toMatchObject({
    isStream: false,
    wantsUsage: false,
    forwarded: { n: null },
  });
});

test('running usage needs usage', () => {
  const options = { include_usage: false, continuous_usage_stats: true };
  const checked = checkRequest(endpoints.chat, { ...minimal.chat, stream: true, stream_options: options });
  expect(checked).toMatchObject({ wantsUsage: false, wantsContinuousUsage: false });
});

test.each<[number, Endpoint['name'], Record<string, unknown>]>([
  [1, 'chat', {}],
  [3, 'chat', { n: 3 }],
  [1, 'chat', { n: null }],
  [1, 'chat', { n: 0 }],
  [2, 'completions', { n: 2 }],
  [6, 'completions', { n: 2, prompt: ['a', 'b', 'c'] }],
  [2, 'completions', { n: 2, prompt: [1, 2, 3] }],
  [4, 'completions', { n: 2, prompt: [[1, 2], [3]] }],
  [1, 'completions', { prompt: [] }],
  [0, 'embeddings', {}],
])('an answer has %i choices: %s %j', (choices, name, body) => {
  expect(checkRequest(endpoints[name], { ...minimal[name], ...body }).choices).toBe(choices);
});
