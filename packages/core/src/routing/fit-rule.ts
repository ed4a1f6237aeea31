import { type DeviceFacts, type DevicePackage, type MemoryBudget, memoryNeed } from '@orilla/contract';
import type { SettledVerdict } from './route-question.ts';

/** Whether weights, KV cache and scratch fit into the memory that a model may take on this device. */
export function fitRule(device: DeviceFacts, pkg: DevicePackage): SettledVerdict {
  const needBytes = memoryNeed(pkg);
  const haveBytes = packageBudget(device, pkg).budgetBytes;
  return needBytes <= haveBytes
    ? { kind: 'pass', reason: { rule: 'fit', verdict: 'fits', needBytes, haveBytes } }
    : { kind: 'fail', reason: { rule: 'fit', verdict: 'too-large', needBytes, haveBytes } };
}

/** The memory there is where this package's engine computes. */
export function packageBudget(device: DeviceFacts, { engine }: Pick<DevicePackage, 'engine'>): MemoryBudget {
  const backend = device.engines[engine]?.backend;
  const known = backend && device.memory?.[backend];
  return known ?? { budgetBytes: device.memoryBudgetBytes, basis: device.memoryBasis };
}
