import type { Privacy } from '@orilla/contract';
import { expect, test } from 'vitest';
import { chatBody, postJson, startTestRelay, type TestConfig, testKey } from './relay-under-test.ts';
import { answerWell, startUpstreamDouble } from './upstream-double.ts';

const path = '/v1/chat/completions';
const open: Privacy = { label: 'public' };

/** One upstream in each zone, in an order in which the widest would win. */
async function setUp(config: TestConfig = {}) {
  const zones = ['public', 'dedicated-cloud', 'own-cloud', 'on-premises'] as const;
  const doubles = await Promise.all(zones.map(() => startUpstreamDouble(answerWell)));
  const upstreams = doubles.map(({ url }, index) => ({
    name: `in-${zones[index]}`,
    url,
    zone: zones[index] ?? 'public',
    region: index < 2 ? 'us' : 'eu',
  }));
  const relay = await startTestRelay({
    upstreams,
    privacy: { ceiling: open, default: { label: 'organization' } },
    ...config,
  });
  const ask = async (header?: string, privacy?: unknown, headers: Record<string, string> = {}) => {
    const body = privacy === undefined ? chatBody : { ...chatBody, orilla: { privacy } };
    const response = await postJson(relay.url + path, body, {
      headers: { ...headers, ...(header !== undefined && { 'orilla-privacy': header }) },
    });
    const answer: { error?: { code: string } } = await response.json();
    return answer.error ? `${response.status} ${answer.error.code}` : response.headers.get('orilla-upstream-zone');
  };
  const seen = () => doubles.flatMap((double) => double.seen);
  return { relay, ask, seen };
}

test.each<[string, string | undefined, unknown, string]>([
  ['no label: the default', undefined, undefined, 'dedicated-cloud'],
  ['public in the header', 'label=public', undefined, 'public'],
  ['public in the body', undefined, { label: 'public' }, 'public'],
  ['the strictest of header and body', 'label=public', { label: 'organization' }, 'dedicated-cloud'],
  ['the strictest of body and header', 'label=organization', { label: 'public' }, 'dedicated-cloud'],
  ['narrowed to a zone', 'label=organization, zones=("on-premises")', undefined, 'on-premises'],
  ['narrowed to a region', 'label=organization, regions=("eu")', undefined, 'own-cloud'],
  [
    'narrowed by both',
    'label=public, zones=("on-premises" "own-cloud")',
    { label: 'public', zones: ['on-premises'] },
    'on-premises',
  ],
])('%s', async (_name, header, body, zone) => {
  const { ask } = await setUp();
  expect(await ask(header, body)).toBe(zone);
});

test.each<[string, string | undefined, unknown, string]>([
  ['device in the header', 'label=device', undefined, '403 privacy_forbids'],
  ['device in the body', 'label=public', { label: 'device' }, '403 privacy_forbids'],
  [
    'zones that exclude each other',
    'label=public, zones=("public")',
    { label: 'public', zones: ['own-cloud'] },
    '403 privacy_forbids',
  ],
  ['a zone that the label excludes', 'label=organization, zones=("public")', undefined, '403 privacy_forbids'],
  ['a region nobody is in', 'label=organization, regions=("mars")', undefined, '403 privacy_forbids'],
  ['an unknown label', 'label=everywhere', undefined, '400 invalid_privacy'],
  ['an unknown label in the body', undefined, { label: 'everywhere' }, '400 invalid_privacy'],
  ['an unknown key', 'label=organization, zone=("public")', undefined, '400 invalid_privacy'],
  ['an unknown key in the body', undefined, { label: 'public', zone: [] }, '400 invalid_privacy'],
  ['a repeated key', 'label=device, label=public', undefined, '400 invalid_privacy'],
  ['something else', 'organization', undefined, '400 invalid_privacy'],
  ['nothing', '', undefined, '400 invalid_privacy'],
  ['a label that is no object', undefined, 'public', '400 invalid_privacy'],
  ['zones that are no zones', undefined, { label: 'public', zones: ['moon'] }, '400 invalid_privacy'],
])('%s reaches no upstream', async (_name, header, body, outcome) => {
  const { ask, seen } = await setUp();
  expect(await ask(header, body)).toBe(outcome);
  expect(seen()).toEqual([]);
});

test('the body’s own key never reaches an upstream, and knows nothing but the label', async () => {
  const { relay, ask, seen } = await setUp();
  await ask(undefined, { label: 'organization' });
  expect(seen()[0]?.body).not.toHaveProperty('orilla');
  const unknown = await postJson(relay.url + path, { ...chatBody, orilla: { upstream: 'in-public' } });
  expect(unknown.status).toBe(400);
  expect(seen()).toHaveLength(1);
});

test('a key’s ceiling and default bind what its requests ask for', async () => {
  const { ask } = await setUp({
    keys: [
      testKey('inside', 'sk-inside', {
        ceiling: { label: 'organization', zones: ['own-cloud', 'on-premises'] },
        default: { label: 'organization', zones: ['on-premises'] },
      }),
      testKey('wide', 'sk-wide', { ceiling: open, default: open }),
    ],
  });
  const inside = { authorization: 'Bearer sk-inside' };
  expect(await ask(undefined, undefined, inside)).toBe('on-premises');
  expect(await ask('label=public', undefined, inside)).toBe('own-cloud');
  expect(await ask(undefined, undefined, { authorization: 'Bearer sk-wide' })).toBe('public');
});

test('the relay’s ceiling binds every key, also one that was given more', async () => {
  const { ask } = await setUp({
    privacy: { ceiling: { label: 'organization' }, default: { label: 'organization' } },
    keys: [testKey('wide', 'sk-wide', { ceiling: open, default: open })],
  });
  const wide = { authorization: 'Bearer sk-wide' };
  expect(await ask(undefined, undefined, wide)).toBe('dedicated-cloud');
  expect(await ask('label=public', undefined, wide)).toBe('dedicated-cloud');
});

test('a model whose upstreams a key’s ceiling excludes does not exist for it', async () => {
  const { relay } = await setUp({
    keys: [testKey('eu', 'sk-eu', { ceiling: { label: 'organization', regions: ['mars'] } }), testKey('any', 'sk-any')],
  });
  const list = async (key: string) => {
    const response = await fetch(`${relay.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    return ((await response.json()) as { data: unknown[] }).data.length;
  };
  expect(await list('sk-any')).toBe(1);
  expect(await list('sk-eu')).toBe(0);
  const one = await fetch(`${relay.url}/v1/models/model-here`, { headers: { authorization: 'Bearer sk-eu' } });
  expect(one.status).toBe(404);
});
