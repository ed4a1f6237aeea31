import type { DeviceFacts, DevicePackage } from '@orilla/contract';
import type { RouteQuestion, SettledVerdict } from './route-question.ts';

/**
 * Whether the package is made for what is asked, and the device has its engine, the GPU features and limits it insists on, and all that the
 * request needs. An engine that is set aside is passed over until `nowMs` reaches its end; without `nowMs`, as long as the facts name it.
 */
export function capabilityRule(
  { needs, nowMs }: Pick<RouteQuestion, 'needs' | 'nowMs'>,
  device: DeviceFacts,
  pkg: DevicePackage,
): SettledVerdict {
  const { engine: name, task = 'chat', requires = {} } = pkg;
  if (task !== taskOf(needs)) return { kind: 'fail', reason: { rule: 'capability', verdict: 'other-task', task } };
  const engine = device.engines[name];
  if (!engine) return unavailable(`engine ${name}`);
  const { setAside } = engine;
  if (setAside && (nowMs === undefined || nowMs < setAside.untilMs)) {
    return { kind: 'fail', reason: { rule: 'capability', verdict: 'set-aside', engine: name, code: setAside.code } };
  }
  for (const feature of requires.features ?? []) {
    if (!device.webgpu?.features.includes(feature)) return unavailable(`WebGPU feature ${feature}`);
  }
  for (const [limit, least] of Object.entries(requires.limits ?? {})) {
    if (!reaches(device.webgpu?.limits[limit], least, limit)) return unavailable(`WebGPU limit ${limit}`);
  }
  for (const feature of needs) {
    if (!engine.features.includes(feature)) {
      return { kind: 'fail', reason: { rule: 'capability', verdict: 'unsupported', feature } };
    }
  }
  return { kind: 'pass', reason: { rule: 'capability', verdict: 'can-run' } };
}

const taskOf = (needs: RouteQuestion['needs']) => (needs.includes('embeddings') ? 'embedding' : 'chat');

/** Of alignments less is better; of all other limits more. One that the adapter does not name it does not have. */
function reaches(has: number | undefined, needed: number, limit: string): boolean {
  if (has === undefined) return false;
  return limit.startsWith('min') ? has <= needed : has >= needed;
}

function unavailable(missing: string): SettledVerdict {
  return { kind: 'fail', reason: { rule: 'capability', verdict: 'device-unavailable', missing } };
}
