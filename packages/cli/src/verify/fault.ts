/** What is wrong with a mirror, in one place of it. */
export interface Fault {
  /** The package; `null` for what lies in none. */
  readonly id: string | null;
  /** From the mirror's top. */
  readonly path: string;
  readonly kind: FaultKind;
  /** For people. */
  readonly message: string;
}

export type FaultKind =
  /** A folder, or an id that was asked for, without a manifest. */
  | 'no-manifest'
  /** It is no manifest, or says something that can't be: chunks with a gap, a file named twice. */
  | 'bad-manifest'
  /** It is of another package than its folder. */
  | 'other-id'
  | 'no-signature'
  | 'bad-signature'
  | 'no-file'
  /** The relay would not serve it: its name, or its id, or a link that leads out of its package. */
  | 'not-served'
  | 'unreadable'
  | 'size'
  | 'chunk'
  | 'hash'
  /** A file that no manifest names. */
  | 'unnamed';
