/** What a step of `npm run check` found. */
export type CheckResult = { ok: true } | { ok: false; findings: string };

/** One thing that must hold for the repository. */
export interface CheckStep {
  /** What people read beside ok or FAIL: "import boundaries". */
  name: string;
  run(options: { signal?: AbortSignal }): Promise<CheckResult>;
}
