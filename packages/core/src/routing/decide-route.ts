import type { DeviceFacts, DevicePackage, RouteReason } from '@orilla/contract';
import { capabilityRule } from './capability-rule.ts';
import { contextRule } from './context-rule.ts';
import { fitRule } from './fit-rule.ts';
import { privacyRule } from './privacy-rule.ts';
import type { RouteDecision, RouteQuestion } from './route-question.ts';

/**
 * Decides where a request runs: the device where it can, the relay where the label allows it and the relay serves the model.
 * Pure and deterministic. Reasons stand in the order in which the rules were asked: privacy, capability, fit, context.
 */
export function decideRoute(question: RouteQuestion): RouteDecision {
  const privacy = privacyRule(question);
  const reasons: RouteReason[] = [privacy];
  if (question.packages.length === 0) reasons.push({ rule: 'capability', verdict: 'no-device-package' });
  else if (!question.device) {
    reasons.push({ rule: 'capability', verdict: 'device-unavailable', missing: question.deviceMissing ?? 'device' });
  } else {
    for (const pkg of question.packages) {
      const tried = tryPackage(question, question.device, pkg);
      if (tried === 'count-first') return { verdict: 'count-first', package: pkg };
      reasons.push(...tried.reasons);
      if (tried.canRun) {
        const route = {
          place: 'device',
          model: pkg.id,
          packageId: pkg.id,
          reasons: [privacy, ...tried.reasons],
        } as const;
        return { verdict: 'go', route };
      }
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
