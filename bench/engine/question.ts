import type { Question } from '../engine-page/page-bench.ts';
import { seededRandom } from '../statistics/seeded-random.ts';

const words = (
  'river stone bread light garden winter paper train ocean kitchen forest letter bridge summer window ' +
  'cloud market island candle silver mountain harbour violin autumn meadow lantern feather pepper thunder valley'
).split(' ');
/** Spread the seeds, since the generator's first numbers of neighbours are alike. */
const seedStep = 2_654_435_761;

/** The question of a number: the same every time, and like no other from its first word on. */
export function questionOf(number: number, { words: count, tokens }: { words: number; tokens: number }): Question {
  const random = seededRandom(Math.imul(number + 1, seedStep));
  const word = () => words[Math.floor(random() * words.length)] ?? '';
  const first = words[number % words.length] ?? '';
  const list = Array.from({ length: count }, (_, place) => (place === 0 ? first : word()));
  return { system: `${list.join(' ')}.`, prompt: `Tell me a long story about a ${word()} and the sea.`, tokens };
}
