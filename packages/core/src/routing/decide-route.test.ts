import { type DeviceFacts, type DevicePackage, features, permitsRelay, privacyLabels, zones } from '@orilla/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideRoute } from './decide-route.ts';
import type { RouteQuestion } from './route-question.ts';

const device: DeviceFacts = {
  webgpu: null,
  crossOriginIsolated: true,
  isSecureContext: true,
  processors: 2,
  memoryBudgetBytes: 1000,
  storage: null,
  engines: { llamacpp: { features: ['json-schema'], backend: 'wasm' } },
  memoryBasis: 'rule',
  key: '',
  rates: {},
};
const small: DevicePackage = {
  id: 'small',
  engine: 'llamacpp',
  bytes: 100,
  contextLength: 100,
  memory: { weights: 100, kvPerToken: 1, scratch: 0 },
  license: 'Apache-2.0',
  sources: [],
};
const large: DevicePackage = { ...small, id: 'large', memory: { weights: 5000, kvPerToken: 1, scratch: 0 } };
const question: RouteQuestion = {
  privacy: { label: 'organization' },
  needs: [],
  promptTokens: { exact: 10 },
  maxTokens: 10,
  device,
  packages: [small],
  relayModel: 'relay-model',
  canCount: false,
};
const ask = (change: Partial<RouteQuestion>) => decideRoute({ ...question, ...change });

test('a request that fits runs on the device, with the reasons in the order of the rules', () => {
  expect(ask({})).toEqual({
    verdict: 'go',
    route: {
      place: 'device',
      model: 'small',
      packageId: 'small',
      reasons: [
        { rule: 'privacy', verdict: 'relay-allowed', label: 'organization' },
        { rule: 'capability', verdict: 'can-run' },
        { rule: 'fit', verdict: 'fits', needBytes: 200, haveBytes: 1000 },
        { rule: 'context', verdict: 'fits', promptTokens: { exact: 10 }, maxTokens: 10, contextLength: 100 },
      ],
    },
  });
});

test('a model too large for the device goes to the relay, with the figures', () => {
  expect(ask({ packages: [large] })).toMatchObject({
    verdict: 'go',
    route: {
      place: 'relay',
      model: 'relay-model',
      reasons: [
        { rule: 'privacy' },
        { rule: 'capability' },
        { rule: 'fit', verdict: 'too-large', needBytes: 5100, haveBytes: 1000 },
      ],
    },
  });
});

test('the best package that fits is taken, and why the better one was not', () => {
  const decision = ask({ packages: [large, small] });
  expect(decision).toMatchObject({ verdict: 'go', route: { place: 'device', packageId: 'small' } });
});

test('a prompt too long for the context goes to the relay', () => {
  expect(ask({ promptTokens: { exact: 91 } })).toMatchObject({
    route: {
      place: 'relay',
      reasons: [{}, {}, {}, { rule: 'context', verdict: 'too-long', promptTokens: { exact: 91 } }],
    },
  });
  expect(ask({ promptTokens: { exact: 90 } })).toMatchObject({ route: { place: 'device' } });
});

test('a bound that does not settle it asks for the count, one that does is free', () => {
  expect(ask({ promptTokens: { upperBound: 91 }, canCount: true })).toEqual({ verdict: 'count-first', package: small });
  expect(ask({ promptTokens: { upperBound: 90 }, canCount: true })).toMatchObject({ route: { place: 'device' } });
  expect(ask({ promptTokens: { upperBound: 91 }, canCount: false })).toMatchObject({ route: { place: 'relay' } });
});

test('nothing is counted for a package that does not fit anyway', () => {
  expect(ask({ promptTokens: { upperBound: 91 }, canCount: true, packages: [large] })).toMatchObject({
    route: { place: 'relay' },
  });
});

test('a request that needs what the engine lacks goes to the relay', () => {
  expect(ask({ needs: ['json-schema'] })).toMatchObject({ route: { place: 'device' } });
  expect(ask({ needs: ['tools'] })).toMatchObject({
    route: { place: 'relay', reasons: [{}, { rule: 'capability', verdict: 'unsupported', feature: 'tools' }] },
  });
});

test('a package whose GPU features the device lacks is not tried', () => {
  const needsF16 = { ...small, requires: { features: ['shader-f16'] } };
  expect(ask({ packages: [needsF16] })).toMatchObject({
    route: {
      place: 'relay',
      reasons: [{}, { rule: 'capability', verdict: 'device-unavailable', missing: 'WebGPU feature shader-f16' }],
    },
  });
  const webgpu = { features: ['shader-f16'], maxBufferBytes: 1, limits: {}, adapter: '', isFallback: false };
  expect(ask({ packages: [needsF16], device: { ...device, webgpu } })).toMatchObject({ route: { place: 'device' } });
});

test('a device without the engine, or no device at all, is told apart', () => {
  expect(ask({ device: { ...device, engines: {} } })).toMatchObject({
    route: { reasons: [{}, { missing: 'engine llamacpp' }] },
  });
  expect(ask({ device: null, deviceMissing: 'Web Workers' })).toMatchObject({
    route: { reasons: [{}, { missing: 'Web Workers' }] },
  });
  expect(ask({ packages: [] })).toMatchObject({ route: { reasons: [{}, { verdict: 'no-device-package' }] } });
});

test('labelled device, what the device cannot run goes nowhere', () => {
  expect(ask({ privacy: { label: 'device' }, packages: [large] })).toMatchObject({ verdict: 'nowhere' });
  expect(ask({ privacy: { label: 'organization', zones: [] }, packages: [large] })).toMatchObject({
    verdict: 'nowhere',
  });
});

test('without a relay, what the device cannot run goes nowhere, and the reason says so', () => {
  const decision = ask({ relayModel: null, packages: [large] });
  expect(decision.verdict === 'nowhere' && decision.reasons.at(-1)).toEqual({
    rule: 'capability',
    verdict: 'no-relay',
  });
});

const anyPackage: fc.Arbitrary<DevicePackage> = fc.record({
  id: fc.string(),
  engine: fc.constantFrom('llamacpp', 'onnx', 'webllm'),
  bytes: fc.nat(),
  contextLength: fc.nat(200),
  memory: fc.record({ weights: fc.nat(2000), kvPerToken: fc.nat(5), scratch: fc.nat(5) }),
  license: fc.constant('Apache-2.0'),
  sources: fc.constant([]),
});
const anyQuestion: fc.Arbitrary<RouteQuestion> = fc.record({
  privacy: fc.record(
    { label: fc.constantFrom(...privacyLabels), zones: fc.subarray([...zones]) },
    { requiredKeys: ['label'] },
  ),
  needs: fc.subarray([...features]),
  promptTokens: fc.oneof(fc.record({ exact: fc.nat(300) }), fc.record({ upperBound: fc.nat(300) })),
  maxTokens: fc.nat(100),
  device: fc.option(fc.constant(device)),
  packages: fc.array(anyPackage, { maxLength: 4 }),
  relayModel: fc.option(fc.string()),
  canCount: fc.boolean(),
});

test('no input yields a place that the label forbids', () => {
  fc.assert(
    fc.property(anyQuestion, (any) => {
      const decision = decideRoute(any);
      if (decision.verdict === 'go' && decision.route.place === 'relay') expect(permitsRelay(any.privacy)).toBe(true);
    }),
  );
});

test('the same question has the same answer, and is left as it was', () => {
  fc.assert(
    fc.property(anyQuestion, (any) => {
      const before = structuredClone(any);
      expect(decideRoute(any)).toEqual(decideRoute(before));
      expect(any).toEqual(before);
    }),
  );
});

test('a stricter label never moves a request from the device to the relay', () => {
  fc.assert(
    fc.property(anyQuestion, (any) => {
      const wide = decideRoute({ ...any, privacy: { label: 'public' } });
      const strict = decideRoute({ ...any, privacy: { label: 'device' } });
      if (wide.verdict === 'go' && wide.route.place === 'device')
        expect(strict).toMatchObject({ route: { place: 'device' } });
      expect(strict.verdict === 'go' && strict.route.place === 'relay').toBe(false);
    }),
  );
});

test('reasons come in the order privacy, capability, fit, context for each package', () => {
  const order = ['privacy', 'capability', 'fit', 'context'];
  fc.assert(
    fc.property(anyQuestion, (any) => {
      const decision = decideRoute({ ...any, packages: any.packages.slice(0, 1), relayModel: 'r', canCount: false });
      const reasons =
        decision.verdict === 'go' ? decision.route.reasons : decision.verdict === 'nowhere' ? decision.reasons : [];
      const ranks = reasons.map((reason) => order.indexOf(reason.rule));
      expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    }),
  );
});
