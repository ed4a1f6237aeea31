import type { Dictionary } from '../../i18n/dictionary.ts';
import { mainReason } from '../chat/route-reason.ts';
import type { ModelFit } from './model-fit.ts';

/** Why this device does not run a model, in a sentence. */
export function blockedNote({ reason }: ModelFit & { verdict: 'blocked' }, words: Dictionary): string {
  if (reason.verdict === 'device-unavailable') return words.model.unavailable;
  return `${mainReason([reason], words) ?? words.model.serverOnly}.`;
}
