import type { LoadedModel, Receipt, Route } from '@orilla/contract';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { ShownError } from '../errors/error-kind.ts';
import type { Answer, Turn } from './conversation.ts';
import { TurnView } from './turn-view.tsx';

const route: Route = { place: 'device', model: 'pkg', packageId: 'pkg', reasons: [] };
const relayRoute: Route = {
  place: 'relay',
  model: 'm',
  reasons: [{ rule: 'fit', verdict: 'too-large', needBytes: 2, haveBytes: 1 }],
};
const loaded: LoadedModel = { engine: 'llamacpp', backend: 'wasm', contextLength: 2048, threads: 2 };
const receipt: Receipt = {
  requestId: 'r',
  startedAt: '2026-01-01T00:00:00.000Z',
  privacy: { label: 'organization' },
  reasons: [],
  parts: [],
  usage: null,
  finishReason: 'stop',
};
const failure: ShownError = { kind: 'engineFailed', code: 'engine.failed', message: 'Lost.', isRetryable: true };

function view(answer: Answer, options: { isLoading?: boolean; canRetry?: boolean } = {}): string {
  const { isLoading = false, canRetry = true } = options;
  const turn: Turn = { id: 1, question: 'Why?\nReally?', model: 'm', label: 'organization', answer };
  return renderToStaticMarkup(
    <TurnView turn={turn} loaded={loaded} isLoading={isLoading} onRetry={canRetry ? () => undefined : null} />,
  );
}

test('question and answer are regions with names', () => {
  const markup = view({ status: 'finished', text: 'Because.', route, receipt });
  expect(markup).toMatch(/<article[^>]*aria-label="You"><p>Why\?\nReally\?<\/p>/);
  expect(markup).toMatch(/<article[^>]*aria-label="Answer"/);
  expect(markup).toContain('<p>Because.</p>');
});

test('while it waits it says for what', () => {
  expect(view({ status: 'waiting' })).toContain('Reading your question');
  expect(view({ status: 'waiting' }, { isLoading: true })).toContain('Getting ready');
});

test('while it streams the badge is there already, the receipt is not, and the region is busy', () => {
  const markup = view({ status: 'streaming', text: 'Be', route });
  expect(markup).toContain('On this device · CPU');
  expect(markup).toContain('aria-busy="true"');
  expect(markup).not.toContain('Receipt');
});

test('once it has finished the badge opens the receipt', () => {
  const markup = view({ status: 'finished', text: 'Because.', route, receipt });
  expect(markup).toMatch(/<summary>.*On this device.*Receipt.*<\/summary>/);
  expect(markup).toContain('aria-busy="false"');
  expect(markup.match(/On this device/g)).toHaveLength(1);
});

test('an answer of the server says so with the reason while it streams', () => {
  const markup = view({ status: 'streaming', text: 'Be', route: relayRoute });
  expect(markup).toContain('On your organization&#x27;s server');
  expect(markup).toContain('Too large for this device');
});

test('a stopped answer keeps its words and says who stopped it', () => {
  const markup = view({ status: 'stopped', text: 'Onc', route, receipt });
  expect(markup).toContain('Onc');
  expect(markup).toContain('Stopped by you');
});

test('an answer that reached its length says that it was cut short', () => {
  const markup = view({ status: 'finished', text: 'On', route, receipt: { ...receipt, finishReason: 'length' } });
  expect(markup).toContain('Cut short');
  expect(view({ status: 'finished', text: 'On', route, receipt })).not.toContain('Cut short');
});

test('a failed answer keeps its words, and offers to try again where that makes sense', () => {
  const markup = view({ status: 'failed', text: 'Onc', route, error: failure });
  expect(markup).toContain('Onc');
  expect(markup).toContain('The model stopped in mid-answer.');
  expect(markup).toContain('Try again</button>');
  const final = { ...failure, isRetryable: false };
  expect(view({ status: 'failed', text: '', route: null, error: final })).not.toContain('Try again</button>');
});

test('an earlier question can’t be asked again in the middle of a conversation', () => {
  const markup = view({ status: 'failed', text: '', route: null, error: failure }, { canRetry: false });
  expect(markup).not.toContain('<button');
});

test.each(['deviceOnly', 'deviceTooLarge', 'deviceTooLong'] as const)(
  'a question that may not leave (%s) offers to widen the label, and only by a button',
  (kind) => {
    const error: ShownError = { kind, code: 'routing.privacy-forbids', message: null, isRetryable: false };
    expect(view({ status: 'failed', text: '', route: null, error })).toContain('Ask within your organization</button>');
  },
);

test('a failure of the device does not offer to send the question elsewhere', () => {
  expect(view({ status: 'failed', text: '', route: null, error: failure })).not.toContain('Ask within');
});
