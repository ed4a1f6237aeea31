import { isAbortError } from '@orilla/contract';
import { afterEach, expect, test } from 'vitest';
import { type HttpServerDouble, httpServerDouble } from './http-server.double.ts';
import { RelayClient } from './relay-client.ts';
import type { RelayOptions } from './relay-options.ts';

const servers: HttpServerDouble[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function relay(listener: Parameters<typeof httpServerDouble>[0], options: Partial<RelayOptions> = {}) {
  const server = await httpServerDouble(listener);
  servers.push(server);
  return { server, client: new RelayClient({ baseURL: server.baseURL, ...options }, { fetch }) };
}
const call = { path: '/chat/completions', body: { model: 'm' }, privacy: { label: 'organization' } } as const;

test('sends the label, asks for the receipt, and gives the key where there is one', async () => {
  const { server, client } = await relay((_, response) => response.end('{}'), { apiKey: async () => 'secret' });
  await client.post({ ...call, privacy: { label: 'organization', zones: ['on-premises'] } });
  expect(server.received[0]).toMatchObject({
    method: 'POST',
    url: '/v1/chat/completions',
    body: '{"model":"m"}',
    headers: {
      'content-type': 'application/json',
      'orilla-privacy': 'label=organization, zones=("on-premises")',
      'orilla-receipt': '1',
      authorization: 'Bearer secret',
    },
  });
});

test('without a key it sends none', async () => {
  const { server, client } = await relay((_, response) => response.end('{}'));
  await client.post(call);
  expect(server.received[0]?.headers.authorization).toBeUndefined();
});

test.each([
  { label: 'device' },
  { label: 'organization', zones: [] },
  { label: 'organization', zones: ['public'] },
] as const)('sends nothing at all for %j', async (privacy) => {
  const { server, client } = await relay((_, response) => response.end('{}'));
  await expect(client.post({ ...call, privacy })).rejects.toMatchObject({ code: 'routing.privacy-forbids' });
  expect(server.received).toHaveLength(0);
});

test("the relay's errors become ours, with its message, param and code", async () => {
  const body = {
    error: { message: 'Too long.', type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' },
  };
  const { client } = await relay((_, response) => response.writeHead(400).end(JSON.stringify(body)));
  await expect(client.post(call)).rejects.toMatchObject({
    code: 'engine.context-exceeded',
    message: 'Too long.',
    param: 'messages',
  });
});

test('an error page of something in between is told by its status, and its text is not repeated', async () => {
  const { client } = await relay((_, response) => response.writeHead(503).end('<html>Bad gateway</html>'));
  const error = await client.post(call).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'relay.overloaded' });
  expect(String(error)).not.toContain('html');
});

test('never follows a redirect, which would carry the prompt elsewhere', async () => {
  const elsewhere = await relay((_, response) => response.end('{}'));
  const { client } = await relay((_, response) =>
    response.writeHead(307, { Location: elsewhere.server.baseURL }).end(),
  );
  await expect(client.post(call)).rejects.toMatchObject({ code: 'relay.unreachable' });
  expect(elsewhere.server.received).toHaveLength(0);
});

test('a relay that is not there is an error that can be tried again', async () => {
  const { server, client } = await relay(() => undefined);
  await server.close();
  await expect(client.post(call)).rejects.toMatchObject({ code: 'relay.unreachable', isRetryable: true });
});

test('an abort is a plain AbortError', async () => {
  const { client } = await relay(() => undefined);
  const controller = new AbortController();
  const answer = client.post({ ...call, signal: controller.signal });
  controller.abort();
  await expect(answer).rejects.toSatisfy(isAbortError);
});
