/** Numbers as a reader of the language writes them. Bytes are decimal, as download sizes are told. */
export interface Formats {
  readonly bytes: (bytes: number) => string;
  readonly count: (value: number) => string;
  /** Of a fraction between 0 and 1; rounded down, so that 100 % means all of it. */
  readonly percent: (fraction: number) => string;
  readonly seconds: (seconds: number) => string;
  readonly dateTime: (iso: string) => string;
  readonly list: (items: readonly string[]) => string;
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function createFormats(locale: string): Formats {
  const count = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const list = new Intl.ListFormat(locale);
  const unit = (value: number, name: string, digits: number) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: name === 'byte' ? 'narrow' : 'short',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value);
  return {
    bytes(bytes) {
      let value = bytes;
      let index = 0;
      while (value >= 1000 && index < units.length - 1) {
        value /= 1000;
        index++;
      }
      const digits = index < 2 || value >= 100 ? 0 : 1;
      return unit(value, units[index] ?? 'byte', digits);
    },
    count: (value) => count.format(value),
    percent: (fraction) => percent.format(Math.floor(100 * fraction) / 100),
    seconds(seconds) {
      const whole = Math.max(1, Math.round(seconds));
      return whole < 60 ? unit(whole, 'second', 0) : unit(Math.round(whole / 60), 'minute', 0);
    },
    dateTime: (iso) => dateTime.format(new Date(iso)),
    list: (items) => list.format(items),
  };
}
