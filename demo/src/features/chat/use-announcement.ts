import { useEffect, useState } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import type { Turn } from './conversation.ts';
import { answerPlace, placeName } from './place.ts';

/** What assistive technology is told of the last turn: the finished answer, once and whole. */
export function useAnnouncement(turn: Turn | undefined): string {
  const words = useWords();
  const [announcement, announce] = useState('');
  const answer = turn?.answer;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of language does not announce an old answer again
  useEffect(() => {
    if (answer?.status === 'finished') {
      const place = placeName(answerPlace(answer.route, answer.receipt, null), words);
      announce(words.chat.finished(place, answer.text));
    } else if (answer?.status === 'stopped') announce(words.chat.stopped);
    else announce('');
  }, [answer]);
  return announcement;
}
