import type { CatalogModel, DeviceFacts, DevicePackage, RouteReason } from '@orilla/contract';
import { decideRoute, plainQuestion } from '@orilla/core';

/** Whether this device could run a model at all, asked before a byte is fetched. */
export type ModelFit =
  | { readonly verdict: 'fits'; readonly pkg: DevicePackage }
  | { readonly verdict: 'blocked'; readonly reason: RouteReason };

/** The same rules that route a question, asked about an empty one. */
export function modelFit(model: CatalogModel, device: DeviceFacts | null): ModelFit {
  const decision = decideRoute(plainQuestion(model.device, device));
  if (decision.verdict === 'go' && decision.route.place === 'device') {
    const { packageId } = decision.route;
    const pkg = model.device.find(({ id }) => id === packageId);
    if (pkg) return { verdict: 'fits', pkg };
  }
  const reasons = decision.verdict === 'nowhere' ? decision.reasons : [];
  return { verdict: 'blocked', reason: reasons.at(-1) ?? { rule: 'capability', verdict: 'no-device-package' } };
}
