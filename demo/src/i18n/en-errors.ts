import type { Dictionary } from './dictionary.ts';

export const englishErrors: Dictionary['errors'] = {
  unsupported: {
    what: "The model can't do this.",
    why: 'The question asks for something that neither the model here nor the server offers.',
    advice: 'Choose another model, or ask in another way.',
  },
  insecure: {
    what: "This page can't run a model.",
    why: 'Browsers allow it only on a secure address.',
    advice: 'Open the page through https, or ask whoever runs it to set that up.',
  },
  unknownModel: {
    what: "This model isn't offered.",
    why: "Your organization's server doesn't know it.",
    advice: 'Choose another model, or ask whoever runs the server to add it.',
  },
  badPackage: {
    what: "The model can't be used.",
    why: "Its description on the server is damaged or isn't a model.",
    advice: 'Ask whoever runs the server to publish the model again, or choose another one.',
  },
  badSignature: {
    what: "The model can't be used.",
    why: 'Nobody whom this page trusts has signed it.',
    advice: 'Ask whoever runs the server for a signed one, or choose another model.',
  },
  badCatalog: {
    what: "The list of models can't be used.",
    why: "What your organization's server offers as its list is damaged.",
    advice: 'Tell whoever runs the server. Once it is mended, try again.',
  },
  modelUnreachable: {
    what: "The model couldn't be found.",
    why: "The server of this page doesn't hold it, or can't be reached.",
    advice: 'Check the connection and try again, or choose another model.',
  },
  noStorage: {
    what: "The model can't be kept here.",
    why: "This browser doesn't let the page store files. Private windows often don't.",
    advice: 'Open the page in an ordinary window, or allow it to store data.',
  },
  storageFull: {
    what: "There isn't enough room for the model.",
    why: "The browser's storage is full.",
    advice: 'Free some disk space, or choose a smaller model.',
  },
  damagedDownload: {
    what: 'The download was damaged.',
    why: "What arrived isn't what was published, so it wasn't kept.",
    advice: 'Try again later. If it happens again, tell whoever runs the server.',
  },
  badArchive: {
    what: "This file can't be added.",
    why: "It isn't a model that was exported from here, or it is damaged.",
    advice: 'Export it again, or choose another file.',
  },
  downloadStopped: {
    what: 'The download stopped.',
    why: 'The connection was lost, or the server stopped sending.',
    advice: 'Try again: it goes on from where it stopped.',
  },
  loadFailed: {
    what: "The model couldn't be opened.",
    why: 'This device may not have enough free memory for it.',
    advice: 'Close other tabs and try again, or choose a smaller model.',
  },
  engineFailed: {
    what: 'The model stopped in mid-answer.',
    why: 'Something failed while it was computing on this device.',
    advice: 'Try again.',
  },
  contextExceeded: {
    what: 'The conversation is too long.',
    why: "Question and answer don't fit in the model's context.",
    advice: 'Shorten the question, or start a new conversation.',
  },
  workerDied: {
    what: 'The browser ended the model.',
    why: 'That usually means that memory ran out.',
    advice: 'Close other tabs and try again, or choose a smaller model.',
  },
  deviceOnly: {
    what: "This device can't answer this question.",
    why: 'No model can run in this browser, and this conversation may not leave the device. Nothing was sent.',
    advice: 'Open the page in another browser. Or let this conversation travel within your organization.',
  },
  deviceTooLarge: {
    what: "This device can't answer this question.",
    why: 'The model is too large for it, and this conversation may not leave the device. Nothing was sent.',
    advice: 'Choose a smaller model. Or let this conversation travel within your organization.',
  },
  deviceTooLong: {
    what: "This device can't answer this question.",
    why: "It is longer than the model's context here, and this conversation may not leave the device. Nothing was sent.",
    advice: 'Shorten it, or start a new conversation. Or let this one travel within your organization.',
  },
  nowhere: {
    what: 'Nothing can answer this question.',
    why: "It doesn't fit on this device, and no server offers this model.",
    advice: 'Choose another model, or shorten the question.',
  },
  serverUnreachable: {
    what: "Your organization's server can't be reached.",
    why: 'There is no connection, or the server is down.',
    advice: 'Check the connection and try again.',
  },
  serverRefused: {
    what: "Your organization's server refused the question.",
    why: "It can't do what was asked.",
    advice: 'Ask in another way, or choose another model.',
  },
  serverNeedsKey: {
    what: "Your organization's server asks for a key.",
    why: 'This page has none, or it is no longer valid.',
    advice: 'Ask whoever runs the server for access.',
  },
  serverForbidsPage: {
    what: "Your organization's server doesn't answer this page.",
    why: "The page's address isn't on the server's list.",
    advice: 'Open the page at its usual address, or ask whoever runs the server to add this one.',
  },
  serverModelDown: {
    what: "The model on your organization's server isn't answering.",
    why: 'The server was reached, the model behind it was not.',
    advice: 'Try again in a moment.',
  },
  serverSlow: {
    what: "Your organization's server took too long.",
    why: 'No answer came within the time allowed.',
    advice: 'Try again in a moment.',
  },
  serverBusy: {
    what: "Your organization's server is busy.",
    why: 'It has more questions than it can take at once.',
    advice: 'Wait a moment and try again.',
  },
  serverFailed: {
    what: "Your organization's server failed.",
    why: 'Something went wrong there.',
    advice: 'Try again. If it happens again, tell whoever runs the server.',
  },
  questionTooLarge: {
    what: 'The question is too large.',
    why: "The server doesn't accept so much text at once.",
    advice: 'Shorten the question, or start a new conversation.',
  },
  brokenAnswer: {
    what: 'The answer broke off.',
    why: 'The connection to the server was lost in mid-answer.',
    advice: 'Try again.',
  },
  unexpected: {
    what: 'Something unexpected happened.',
    why: 'It is a mistake in this page, not in your question.',
    advice: 'Try again. If it happens again, reload the page.',
  },
};
