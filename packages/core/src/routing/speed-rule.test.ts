import { type DeviceFacts, type DevicePackage, engineNames, features, type PackageRates } from '@orilla/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideRoute } from './decide-route.ts';
import { plainQuestion } from './plain-question.ts';
import { speedRule } from './speed-rule.ts';

const device = (rates: DeviceFacts['rates']): DeviceFacts => ({
  webgpu: null,
  crossOriginIsolated: true,
  isSecureContext: true,
  processors: 2,
  memoryBudgetBytes: 1000,
  memoryBasis: 'rule',
  storage: null,
  engines: Object.fromEntries(engineNames.map((name) => [name, { features, backend: 'wasm' }])),
  key: '',
  rates,
});
const pkg = (id: string, engine: DevicePackage['engine'] = 'llamacpp'): DevicePackage => ({
  id,
  engine,
  bytes: 100,
  contextLength: 1_000,
  memory: { weights: 100, kvPerToken: 0, scratch: 0 },
  license: 'Apache-2.0',
  sources: [],
});
const rate = (prefill: number, decode: number): PackageRates => ({
  engine: 'llamacpp',
  backend: 'wasm',
  prefillTokensPerSecond: prefill,
  decodeTokensPerSecond: decode,
  measuredAtMs: 0,
});
const [a, b, c] = [pkg('a'), pkg('b'), pkg('c')] as const;
const question = { promptTokens: { exact: 100 }, maxTokens: 100 };
const choose = (rates: DeviceFacts['rates'], change: Partial<Parameters<typeof speedRule>[0]> = {}) =>
  speedRule({ ...question, ...change }, device(rates), [a, b, c]);

test('the catalog’s first is taken as long as it was not measured, whatever others give', () => {
  expect(choose({})).toEqual({ pkg: a, reason: null });
  expect(choose({ b: rate(1e6, 1e6) })).toEqual({ pkg: a, reason: null });
});

test('one alone that was measured is the fastest of nothing', () => {
  expect(choose({ a: rate(1, 1) })).toEqual({ pkg: a, reason: null });
});

test('of those measured the fastest is taken, with what the next would take', () => {
  expect(choose({ a: rate(100, 10), c: rate(100, 50) })).toEqual({
    pkg: c,
    reason: { rule: 'speed', verdict: 'fastest', expectedMs: 3_000, nextMs: 11_000 },
  });
});

test('what is fast depends on how long prompt and answer are', () => {
  const rates = { a: rate(1_000, 10), b: rate(50, 40) };
  expect(choose(rates, { promptTokens: { exact: 900 }, maxTokens: 1 }).pkg).toBe(a);
  expect(choose(rates, { promptTokens: { exact: 10 }, maxTokens: 90 }).pkg).toBe(b);
});

test('a bound in bytes counts as a quarter of it in tokens', () => {
  const { reason } = choose({ a: rate(100, 100), b: rate(50, 50) }, { promptTokens: { upperBound: 400 } });
  expect(reason).toMatchObject({ expectedMs: 2_000, nextMs: 4_000 });
});

test('of equals the catalog’s first is taken', () => {
  expect(choose({ a: rate(10, 10), b: rate(10, 10) }).pkg).toBe(a);
});

test('what is open is left only for one that takes less than 0.7 of its time', () => {
  const rates = (decode: number) => ({ a: rate(1e9, 50), b: rate(1e9, decode) });
  expect(choose(rates(60), { openPackage: 'a' })).toEqual({
    pkg: a,
    reason: { rule: 'speed', verdict: 'kept-open', expectedMs: 2_000, fastestMs: 1_667 },
  });
  expect(choose(rates(60)).pkg).toBe(b);
  expect(choose(rates(80), { openPackage: 'a' }).pkg).toBe(b);
  expect(choose(rates(60), { openPackage: 'gone' }).pkg).toBe(b);
});

test('rates of another backend, or of a package that had this name, tell nothing', () => {
  expect(choose({ a: rate(1, 1), b: { ...rate(9, 9), backend: 'webgpu' } })).toEqual({ pkg: a, reason: null });
  expect(choose({ a: rate(1, 1), b: { ...rate(9, 9), engine: 'onnx' } })).toEqual({ pkg: a, reason: null });
});

test('a name that every object has is no measurement', () => {
  expect(speedRule(question, device({}), [pkg('constructor'), b])).toMatchObject({ pkg: { id: 'constructor' } });
});

const anyRate = fc.tuple(
  fc.double({ min: 0.1, max: 1e4, noNaN: true }),
  fc.double({ min: 0.1, max: 1e4, noNaN: true }),
);
const anyRates = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  anyRate.map(([prefill, decode]) => rate(prefill, decode)),
);
const anyQuestion = fc.record({
  promptTokens: fc.nat(1e5).map((exact) => ({ exact })),
  maxTokens: fc.nat(1e4),
  openPackage: fc.constantFrom(null, 'a', 'b', 'c'),
});

test('property: it chooses one of those it was given, and the same each time', () => {
  fc.assert(
    fc.property(anyRates, anyQuestion, (rates, asked) => {
      const chosen = choose(rates, asked);
      expect([a, b, c]).toContain(chosen.pkg);
      expect(choose(rates, asked)).toEqual(chosen);
    }),
  );
});

test('property: who wins and is measured faster still wins', () => {
  fc.assert(
    fc.property(anyRates, anyQuestion, fc.double({ min: 1, max: 100, noNaN: true }), (rates, asked, factor) => {
      const { pkg: winner } = choose(rates, asked);
      const was = rates[winner.id];
      if (!was) return;
      const faster = rate(was.prefillTokensPerSecond * factor, was.decodeTokensPerSecond * factor);
      expect(choose({ ...rates, [winner.id]: faster }, asked).pkg).toBe(winner);
    }),
  );
});

test('property: speed never takes a request anywhere but to a package that can run it, and never off the device', () => {
  const tooLarge = { ...pkg('large'), memory: { weights: 5_000, kvPerToken: 0, scratch: 0 } };
  const packages = [a, tooLarge, { ...pkg('vectors'), task: 'embedding' as const }, b];
  const ids = fc.constantFrom('a', 'b', 'large', 'vectors');
  fc.assert(
    fc.property(
      fc.dictionary(
        ids,
        anyRate.map(([prefill, decode]) => rate(prefill, decode)),
      ),
      fc.constantFrom('device', 'organization', 'public'),
      (rates, label) => {
        const decision = decideRoute({
          ...plainQuestion(packages, device(rates)),
          needs: [],
          privacy: { label },
          relayModel: 'm',
        });
        expect(decision).toMatchObject({ verdict: 'go', route: { place: 'device' } });
        if (decision.verdict === 'go') expect(['a', 'b']).toContain(decision.route.model);
      },
    ),
  );
});
