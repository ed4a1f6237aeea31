import type { DeviceFacts, DevicePackage } from '@orilla/contract';
import type { RouteQuestion, RuleVerdict } from './route-question.ts';

/** Whether the device has the package's engine, the GPU features it insists on, and all that the request needs. */
export function capabilityRule(question: RouteQuestion, device: DeviceFacts, pkg: DevicePackage): RuleVerdict {
  const engine = device.engines[pkg.engine];
  if (!engine) return unavailable(`engine ${pkg.engine}`);
  for (const feature of pkg.requires?.features ?? []) {
    if (!device.webgpu?.features.includes(feature)) return unavailable(`WebGPU feature ${feature}`);
  }
  for (const feature of question.needs) {
    if (!engine.features.includes(feature)) {
      return { kind: 'fail', reason: { rule: 'capability', verdict: 'unsupported', feature } };
    }
  }
  return { kind: 'pass', reason: { rule: 'capability', verdict: 'can-run' } };
}

function unavailable(missing: string): RuleVerdict {
  return { kind: 'fail', reason: { rule: 'capability', verdict: 'device-unavailable', missing } };
}
