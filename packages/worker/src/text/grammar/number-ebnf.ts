import { oneWayEbnf, type Places } from './digit-choices.ts';

/** Bounds of a number: from `least` to `most`, and between `above` and `below`, which are not in it themselves. */
export interface NumberRange {
  readonly least: number;
  readonly most: number;
  readonly above: number;
  readonly below: number;
}

/** As many digits as JavaScript keeps exactly, whatever the number. */
const mostDigits = 15;
export const largestNumber = 10 ** mostDigits - 1;

/** Whole numbers of a range, in EBNF; `null` where there are none. */
export function integerEbnf(range: NumberRange): string | null {
  return ebnfOf([scaled(range, 0)]);
}

/**
 * Numbers of a range, in EBNF; `null` where there are none. They have at most two decimals, or as many as the bounds have: more would be
 * as valid, but a grammar takes a fixed count for each of its choices.
 */
export function decimalEbnf(range: NumberRange): string | null {
  const most = Math.max(2, ...Object.values(range).filter(Number.isFinite).map(decimalsOf));
  return ebnfOf(Array.from({ length: most + 1 }, (_, decimals) => scaled(range, decimals)));
}

/** Numbers from `from` to `to`, in units of the last of so many decimals. */
interface ScaledRange {
  readonly from: number;
  readonly to: number;
  readonly decimals: number;
}

function scaled({ least, most, above, below }: NumberRange, decimals: number): ScaledRange {
  // Powers of ten, and so products of decimals with them, are not always exact: what is out by less than a billionth is not out.
  const units = (bound: number) => Number((bound * 10 ** decimals).toPrecision(mostDigits));
  const from = Math.max(Math.ceil(units(least)), Math.floor(units(above)) + 1, -largestNumber);
  const to = Math.min(Math.floor(units(most)), Math.ceil(units(below)) - 1, largestNumber);
  return { from, to, decimals };
}

function decimalsOf(bound: number): number {
  for (let decimals = 0; decimals < 6; decimals += 1)
    if (Number.isInteger(Number((bound * 10 ** decimals).toPrecision(mostDigits)))) return decimals;
  return 6;
}

function ebnfOf(ranges: readonly ScaledRange[]): string | null {
  const negative = ranges.map(({ from, to, decimals }) => ({ from: Math.max(1, -to), to: -from, decimals }));
  const positive = ranges.map(({ from, ...range }) => ({ ...range, from: Math.max(0, from) }));
  const [below, above] = [negative, positive].map((some) => some.flatMap(digits));
  const bodies = [
    ...(below?.length ? [`"-" (${oneWayEbnf(below)})`] : []),
    ...(above?.length ? [oneWayEbnf(above)] : []),
  ];
  return bodies.length === 0 ? null : bodies.join(' | ');
}

/** Numbers from 0 up, with digits before the point that is before the decimals. */
function digits({ from, to, decimals }: ScaledRange): readonly Places[] {
  const choices: Places[] = [];
  if (from > to) return choices;
  for (let length = String(to).length; length >= 1; length -= 1) {
    const low = Math.max(from, length === 1 ? 0 : 10 ** (length - 1));
    const high = Math.min(to, 10 ** length - 1);
    if (low > high) continue;
    const pad = (value: number) => String(value).padStart(Math.max(length, decimals + 1), '0');
    choices.push(...sameLength(pad(low), pad(high)).map((places) => withPoint(places, decimals)));
  }
  return choices;
}

/** Texts of digits of one length from `low` to `high`. */
function sameLength(low: string, high: string): readonly Places[] {
  if (low === '') return [[]];
  const [first, last] = [Number(low[0]), Number(high[0])];
  const [lowRest, highRest] = [low.slice(1), high.slice(1)];
  const behind = (digit: number, rests: readonly Places[]) => rests.map((rest) => [String(digit), ...rest]);
  if (first === last) return behind(first, sameLength(lowRest, highRest));
  const isLowWhole = /^0*$/.test(lowRest);
  const isHighWhole = /^9*$/.test(highRest);
  const [from, to] = [isLowWhole ? first : first + 1, isHighWhole ? last : last - 1];
  return [
    ...(isLowWhole ? [] : behind(first, sameLength(lowRest, '9'.repeat(lowRest.length)))),
    ...(from > to ? [] : [[allDigits.slice(from, to + 1), ...Array.from(lowRest, () => allDigits)]]),
    ...(isHighWhole ? [] : behind(last, sameLength('0'.repeat(highRest.length), highRest))),
  ];
}

const allDigits = '0123456789';

function withPoint(places: Places, decimals: number): Places {
  return decimals === 0 ? places : [...places.slice(0, -decimals), '.', ...places.slice(-decimals)];
}
