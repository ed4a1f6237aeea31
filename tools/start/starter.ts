/** The starter model under the names that everything else knows it by. */
export const starter = {
  /** What clients of the relay ask for, and the catalog's logical name. */
  model: 'smollm2-135m',
  /** The package's id: the folder's name on the mirror. */
  packageId: 'smollm2-135m-instruct-q4_1',
  license: 'Apache-2.0',
  /** Tokens that the model was trained for, and that the embedded upstream opens it with. */
  contextLength: 8_192,
} as const;

/**
 * Answers that the embedded upstream computes at the same time; others wait in line. Each has 190 MB for its context,
 * and costs the start 0.1 s: a second one lets a short answer pass a long one, and more gain little on two cores.
 */
export const sequences = 2;
