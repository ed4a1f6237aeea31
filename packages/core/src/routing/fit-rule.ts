import { type DeviceFacts, type DevicePackage, memoryNeed } from '@orilla/contract';
import type { RuleVerdict } from './route-question.ts';

/** Whether weights, KV cache and scratch fit into the memory that a model may take on this device. */
export function fitRule(device: DeviceFacts, pkg: DevicePackage): RuleVerdict {
  const needBytes = memoryNeed(pkg);
  const haveBytes = device.memoryBudgetBytes;
  return needBytes <= haveBytes
    ? { kind: 'pass', reason: { rule: 'fit', verdict: 'fits', needBytes, haveBytes } }
    : { kind: 'fail', reason: { rule: 'fit', verdict: 'too-large', needBytes, haveBytes } };
}
