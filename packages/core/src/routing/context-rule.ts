import type { DevicePackage } from '@orilla/contract';
import type { RouteQuestion, RuleVerdict } from './route-question.ts';

/** Whether prompt and answer fit into the context that the package is opened with. */
export function contextRule(question: RouteQuestion, pkg: DevicePackage): RuleVerdict {
  const { promptTokens, maxTokens, canCount } = question;
  const { contextLength } = pkg;
  const tokens = 'exact' in promptTokens ? promptTokens.exact : promptTokens.upperBound;
  const facts = { rule: 'context', promptTokens, maxTokens, contextLength } as const;
  if (tokens + maxTokens <= contextLength) return { kind: 'pass', reason: { ...facts, verdict: 'fits' } };
  if ('upperBound' in promptTokens && canCount) return { kind: 'count-first' };
  return { kind: 'fail', reason: { ...facts, verdict: 'too-long' } };
}
