/** Where progress is written: a terminal, or a log that keeps every line. */
export interface ProgressOutput {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

export interface ProgressOptions {
  label: string;
  totalBytes: number;
  output?: ProgressOutput;
  /** Milliseconds; only differences matter. */
  now?: () => number;
}

export interface Progress {
  update(bytes: number): void;
  /** Leaves the last state standing and the cursor on a new line. */
  end(): void;
}

const redrawMs = 100;
const lineEveryMs = 10_000;
const barWidth = 24;

/** Tells how far a download is: one line redrawn on a terminal, a line every ten seconds elsewhere. */
export function startProgress(options: ProgressOptions): Progress {
  const { label, totalBytes, output = process.stderr, now = () => performance.now() } = options;
  const drawEveryMs = output.isTTY ? redrawMs : lineEveryMs;
  let first: { bytes: number; at: number } | undefined;
  let drawnAt = 0;
  let drawn = -1;
  let latest = 0;

  const draw = () => {
    const at = now();
    // Bytes that an earlier run left are no part of this run's speed.
    const seconds = first ? (at - first.at) / 1000 : 0;
    const bytesPerSecond = first && seconds >= 0.5 ? (latest - first.bytes) / seconds : 0;
    const text = `${label}: ${progressText(latest, totalBytes, bytesPerSecond)}`;
    drawnAt = at;
    drawn = latest;
    if (!output.isTTY) return output.write(`${text}\n`);
    const filled = Math.round((latest / totalBytes) * barWidth);
    const line = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${text}`;
    return output.write(`\r\x1b[K${line.slice(0, (output.columns ?? 80) - 1)}`);
  };

  return {
    update(bytes) {
      latest = bytes;
      first ??= { bytes, at: now() };
      if (bytes > 0 && (drawn < 0 || now() - drawnAt >= drawEveryMs)) draw();
    },
    end() {
      if (drawn >= 0 && drawn !== latest) draw();
      if (output.isTTY && drawn >= 0) output.write('\n');
    },
  };
}

/** `12.3 of 98.4 MB, 4.5 MB/s, 19 s left` */
export function progressText(bytes: number, totalBytes: number, bytesPerSecond: number): string {
  const amount = `${megabytes(bytes)} of ${megabytes(totalBytes)} MB`;
  if (bytesPerSecond <= 0) return amount;
  const left = duration((totalBytes - bytes) / bytesPerSecond);
  return `${amount}, ${megabytes(bytesPerSecond)} MB/s${bytes < totalBytes ? `, ${left} left` : ''}`;
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 100 ? `${whole} s` : `${Math.ceil(whole / 60)} min`;
}
