import { permitsRelay, type RouteReason } from '@orilla/contract';
import type { RouteQuestion } from './route-question.ts';

/** How far the label lets the request travel. */
export function privacyRule({ privacy }: Pick<RouteQuestion, 'privacy'>): RouteReason {
  return { rule: 'privacy', verdict: permitsRelay(privacy) ? 'relay-allowed' : 'device-only', label: privacy.label };
}
