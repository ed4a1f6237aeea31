import type { DeviceFacts, DevicePackage, RouteReason } from '@orilla/contract';
import { capabilityRule } from './capability-rule.ts';
import { contextRule } from './context-rule.ts';
import { fitRule } from './fit-rule.ts';
import { privacyRule } from './privacy-rule.ts';
import type { RouteDecision, RouteQuestion } from './route-question.ts';
import { speedRule } from './speed-rule.ts';

/**
 * Decides where a request runs: the device where it can, the relay where the label allows it and the relay serves the model.
 * Of several packages that can run it, the speed rule chooses. Pure and deterministic. Reasons stand in the order in which the rules were
 * asked: privacy, capability, fit, context, speed.
 */
export function decideRoute(question: RouteQuestion): RouteDecision {
  const privacy = privacyRule(question);
  const reasons: RouteReason[] = [privacy];
  if (question.packages.length === 0) reasons.push({ rule: 'capability', verdict: 'no-device-package' });
  else if (!question.device) {
    reasons.push({ rule: 'capability', verdict: 'device-unavailable', missing: question.deviceMissing ?? 'device' });
  } else {
    const able = new Map<DevicePackage, readonly RouteReason[]>();
    for (const pkg of question.packages) {
      const tried = tryPackage(question, question.device, pkg);
      // What another package can run for sure is not counted for this one.
      if (tried === 'count-first' && able.size === 0) return { verdict: 'count-first', package: pkg };
      if (tried === 'count-first') continue;
      reasons.push(...tried.reasons);
      if (tried.canRun) able.set(pkg, tried.reasons);
    }
    const [first, ...others] = able.keys();
    if (first) {
      const { pkg, reason } = speedRule(question, question.device, [first, ...others]);
      const chosen = [privacy, ...(able.get(pkg) ?? []), ...(reason ? [reason] : [])];
      return { verdict: 'go', route: { place: 'device', model: pkg.id, packageId: pkg.id, reasons: chosen } };
    }
  }
  if (privacy.verdict === 'device-only') return { verdict: 'nowhere', reasons };
  if (question.relayModel === null) {
    return { verdict: 'nowhere', reasons: [...reasons, { rule: 'capability', verdict: 'no-relay' }] };
  }
  return { verdict: 'go', route: { place: 'relay', model: question.relayModel, reasons } };
}

function tryPackage(
  question: RouteQuestion,
  device: DeviceFacts,
  pkg: DevicePackage,
): 'count-first' | { canRun: boolean; reasons: RouteReason[] } {
  const reasons: RouteReason[] = [];
  const rules = [
    () => capabilityRule(question, device, pkg),
    () => fitRule(device, pkg),
    () => contextRule(question, pkg),
  ];
  for (const rule of rules) {
    const verdict = rule();
    if (verdict.kind === 'count-first') return 'count-first';
    reasons.push(verdict.reason);
    if (verdict.kind === 'fail') return { canRun: false, reasons };
  }
  return { canRun: true, reasons };
}
