import type { DeviceFacts, DevicePackage, PromptTokens, RouteReason } from '@orilla/contract';
import type { RouteQuestion } from './route-question.ts';

/** Of a text of which only the UTF-8 length is known; English has about four bytes a token, and others have more. */
const bytesPerToken = 4;
/** An open package is left only for one that takes less than this part of its time: to open one costs more than a little speed gives. */
const worthOpening = 0.7;

type SpeedQuestion = Pick<RouteQuestion, 'promptTokens' | 'maxTokens' | 'openPackage'>;

interface Expected {
  readonly pkg: DevicePackage;
  readonly expectedMs: number;
}

/**
 * Which of the packages that can run a request runs it. `packages` are in the catalog's order, best first, and not empty.
 *
 * 1. The catalog's first, where it was not measured here: nothing known speaks against it.
 * 2. Else, of those that were measured with the backend they have now, the one expected to answer first: prompt tokens by prefill rate plus
 *    answer tokens by decode rate. Of equals the catalog's first.
 * 3. But the one that is open, where it was measured and the fastest would not take less than 0.7 of its time.
 *
 * One that is not measured and is not the catalog's first never runs by itself. Pure; a package measured faster than before never loses by it.
 */
export function speedRule(
  question: SpeedQuestion,
  device: DeviceFacts,
  packages: readonly [DevicePackage, ...DevicePackage[]],
): { readonly pkg: DevicePackage; readonly reason: RouteReason | null } {
  const [first] = packages;
  const measured = packages.flatMap((pkg) => {
    const expectedMs = expectedTime(question, device, pkg);
    return expectedMs === null ? [] : [{ pkg, expectedMs }];
  });
  if (measured[0]?.pkg !== first) return { pkg: first, reason: null };
  const [fastest, next] = measured.toSorted((a, b) => a.expectedMs - b.expectedMs);
  if (!fastest || !next) return { pkg: first, reason: null };
  const open = measured.find(({ pkg }) => pkg.id === question.openPackage);
  if (open && open !== fastest && fastest.expectedMs >= open.expectedMs * worthOpening) return kept(open, fastest);
  return {
    pkg: fastest.pkg,
    reason: { rule: 'speed', verdict: 'fastest', expectedMs: fastest.expectedMs, nextMs: next.expectedMs },
  };
}

const kept = ({ pkg, expectedMs }: Expected, fastest: Expected) =>
  ({
    pkg,
    reason: { rule: 'speed', verdict: 'kept-open', expectedMs, fastestMs: fastest.expectedMs },
  }) as const;

/** In whole milliseconds; `null` where the package was not measured, or with another backend than it has now. */
function expectedTime({ promptTokens, maxTokens }: SpeedQuestion, device: DeviceFacts, pkg: DevicePackage) {
  const rates = Object.hasOwn(device.rates, pkg.id) ? device.rates[pkg.id] : undefined;
  if (!rates || rates.engine !== pkg.engine || rates.backend !== device.engines[pkg.engine]?.backend) return null;
  const seconds = tokensOf(promptTokens) / rates.prefillTokensPerSecond + maxTokens / rates.decodeTokensPerSecond;
  return Math.round(seconds * 1000);
}

function tokensOf(prompt: PromptTokens): number {
  return 'exact' in prompt ? prompt.exact : Math.ceil(prompt.upperBound / bytesPerToken);
}
