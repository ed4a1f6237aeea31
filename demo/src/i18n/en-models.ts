import type { ModelsText } from './dictionary.ts';
import { createFormats } from './formats.ts';

const { bytes, count } = createFormats('en');

export const englishModels: ModelsText = {
  pageTitle: 'Models · Orilla',
  heading: 'Models in this browser',
  lead: 'What is downloaded is checked, kept here, and answers without a connection.',
  list: 'Models',
  unlisted: 'No longer offered',
  unlistedNote: "They take room, but your organization's list doesn't name them any more.",
  states: {
    'server-only': "On your organization's server only",
    absent: 'Not downloaded',
    downloading: 'Downloading',
    waiting: 'Waiting',
    paused: 'Paused',
    incomplete: 'Incomplete',
    damaged: 'Damaged',
    checking: 'Checking',
    complete: 'Ready',
  },
  stateNotes: {
    waiting: 'Another download goes first, here or in another tab; or no server answers just now.',
    incomplete: 'Resuming fetches only what is missing.',
  },
  damaged: (chunks) =>
    `${chunks === 1 ? '1 part was' : `${count(chunks)} parts were`} damaged and removed. Repairing fetches nothing else.`,
  intact: 'Checked just now: every byte is as it was published.',
  checked: (done, total) => `${bytes(done)} of ${bytes(total)} checked`,
  sharedWith: (titles) => `The same download serves ${titles}.`,
  actions: {
    download: 'Download',
    resume: 'Resume',
    pause: 'Pause',
    cancel: 'Cancel',
    repair: 'Repair',
    verify: 'Check',
    stop: 'Stop checking',
    export: 'Export',
    delete: 'Delete',
  },
  exporting: 'Saving the file',
  pin: 'Keep always',
  changed: (title, state) => `${title}: ${state}`,
  remove: {
    title: (title) => `Delete ${title}?`,
    frees: (size) => `This frees up to ${bytes(size)}. Parts that another model uses stay.`,
    alsoOf: (titles) => `It is also the download of ${titles}.`,
    again: 'To use it here again, it has to be downloaded again.',
    confirm: 'Delete',
    keep: 'Keep it',
  },
  cancelDownload: {
    title: (title) => `Cancel the download of ${title}?`,
    deletes: (size) => `${bytes(size)} that are here already will be deleted. Pausing keeps them.`,
    confirm: 'Cancel download',
    keep: 'Go on',
  },
  import: 'Add from a file',
  importHint: 'A file that was exported from a page like this one.',
  importing: (fileName) => `Adding ${fileName}`,
  close: 'Close',
  storage: {
    title: 'Storage',
    used: (size) => `${bytes(size)} of models`,
    free: (size) => `${bytes(size)} free`,
    unknown: "This browser doesn't say how much room there is.",
    budget: (size) => `All models together may take ${bytes(size)}.`,
    kept: 'The browser has promised to delete nothing by itself.',
    notKept: 'The browser may delete models when the disk is nearly full.',
  },
};
