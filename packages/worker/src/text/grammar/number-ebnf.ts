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
  const { from, to } = scaled(range, 0);
  return signed(from, to, (low, high) => digits(low, high, 1, 0));
}

/**
 * Numbers of a range, in EBNF; `null` where there are none. They have at most two decimals, or as many as the bounds have: more would be
 * as valid, but a grammar takes a fixed count for each of its choices.
 */
export function decimalEbnf(range: NumberRange): string | null {
  const most = Math.max(2, ...Object.values(range).filter(Number.isFinite).map(decimalsOf));
  const choices = Array.from({ length: most + 1 }, (_, decimals) => {
    const { from, to } = scaled(range, decimals);
    return signed(from, to, (low, high) => digits(low, high, decimals + 1, decimals));
  });
  return either(choices);
}

/** The range in units of the last decimal. */
function scaled({ least, most, above, below }: NumberRange, decimals: number) {
  // Powers of ten, and so products of decimals with them, are not always exact: what is out by less than a billionth is not out.
  const units = (bound: number) => Number((bound * 10 ** decimals).toPrecision(mostDigits));
  const from = Math.max(Math.ceil(units(least)), Math.floor(units(above)) + 1, -largestNumber);
  const to = Math.min(Math.floor(units(most)), Math.ceil(units(below)) - 1, largestNumber);
  return { from, to };
}

function decimalsOf(bound: number): number {
  for (let decimals = 0; decimals < 6; decimals += 1)
    if (Number.isInteger(Number((bound * 10 ** decimals).toPrecision(mostDigits)))) return decimals;
  return 6;
}

function signed(least: number, most: number, unsigned: (from: number, to: number) => string): string | null {
  if (least > most) return null;
  const below = least < 0 ? `"-" (${unsigned(Math.max(1, -most), -least)})` : null;
  return either([below, most >= 0 ? unsigned(Math.max(0, least), most) : null]);
}

function either(choices: readonly (string | null)[]): string | null {
  const some = choices.filter((choice) => choice !== null);
  return some.length === 0 ? null : some.join(' | ');
}

/** Numbers from 0 up, of at least `width` digits, with a point before the last `decimals`. */
function digits(from: number, to: number, width: number, decimals: number): string {
  const choices: string[] = [];
  for (let length = String(to).length; length >= 1; length -= 1) {
    const low = Math.max(from, length === 1 ? 0 : 10 ** (length - 1));
    const high = Math.min(to, 10 ** length - 1);
    if (low > high) continue;
    const pad = (value: number) => String(value).padStart(Math.max(length, width), '0');
    choices.push(...sameLength(pad(low), pad(high)).map((parts) => withPoint(parts, decimals)));
  }
  return choices.join(' | ');
}

/** Texts of digits of one length from `low` to `high`, as lists of classes, one a digit. */
function sameLength(low: string, high: string): readonly (readonly string[])[] {
  if (low === '') return [[]];
  const [first, last] = [Number(low[0]), Number(high[0])];
  const [lowRest, highRest] = [low.slice(1), high.slice(1)];
  const behind = (digit: number, rests: readonly (readonly string[])[]) => rests.map((rest) => [`[${digit}]`, ...rest]);
  if (first === last) return behind(first, sameLength(lowRest, highRest));
  const isLowWhole = /^0*$/.test(lowRest);
  const isHighWhole = /^9*$/.test(highRest);
  const [from, to] = [isLowWhole ? first : first + 1, isHighWhole ? last : last - 1];
  return [
    ...(isLowWhole ? [] : behind(first, sameLength(lowRest, '9'.repeat(lowRest.length)))),
    ...(from > to ? [] : [[`[${from}-${to}]`, ...Array.from(lowRest, () => '[0-9]')]]),
    ...(isHighWhole ? [] : behind(last, sameLength('0'.repeat(highRest.length), highRest))),
  ];
}

function withPoint(parts: readonly string[], decimals: number): string {
  if (decimals === 0) return parts.join(' ');
  return [...parts.slice(0, -decimals), '"."', ...parts.slice(-decimals)].join(' ');
}
