import type { DeviceFacts, DevicePackage } from '@orilla/contract';
import type { RouteQuestion } from './route-question.ts';

/** Asks of a model's packages whether this device can run one of them at all: the smallest request, which may run here only. */
export function plainQuestion(packages: readonly DevicePackage[], device: DeviceFacts | null): RouteQuestion {
  return {
    privacy: { label: 'device' },
    needs: packages.length > 0 && packages.every(({ task }) => task === 'embedding') ? ['embeddings'] : [],
    promptTokens: { exact: 0 },
    maxTokens: 0,
    device,
    packages,
    relayModel: null,
    canCount: false,
  };
}
