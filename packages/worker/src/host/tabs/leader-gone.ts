import { OrillaError } from '@orilla/contract';

/** What a tab is told whose answer another tab computed that is gone: the page goes on with the answer elsewhere. */
export function leaderGone(why: string): OrillaError {
  return new OrillaError('engine.worker-died', `The tab that computed for this one is gone: ${why}.`, {
    advice: 'Ask again: another tab takes over by itself.',
  });
}
