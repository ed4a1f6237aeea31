import type { Receipt, ReceiptPart } from '@orilla/contract';
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Dictionary } from '../../i18n/dictionary.ts';
import { useWords } from '../../i18n/language-provider.tsx';
import type { AnswerPlace } from './place.ts';
import { PlaceBadge } from './place-badge.tsx';
import styles from './receipt-details.module.css';
import { describeReason } from './route-reason.ts';

interface ReceiptDetailsProps {
  readonly receipt: Receipt;
  readonly place: AnswerPlace;
}

/** The badge, and behind it what happened to the question, without its words: folded away until somebody asks. */
export function ReceiptDetails({ receipt, place }: ReceiptDetailsProps) {
  const words = useWords();
  const { receipt: names } = words;
  const { usage, reasons } = receipt;
  return (
    <details className={styles.receipt}>
      <summary>
        <PlaceBadge place={place} />
        <span className={styles.title}>
          {names.title}
          <ChevronDown size={16} aria-hidden="true" />
        </span>
      </summary>
      <dl>
        {receipt.parts.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a receipt never change their order
          <PartRows key={index} part={part} words={words} />
        ))}
        <Row name={names.privacy}>{words.privacy.labels[receipt.privacy.label]}</Row>
        {usage && <Row name={names.tokens}>{names.tokenCount(usage.prompt_tokens, usage.completion_tokens)}</Row>}
        <Row name={names.started}>{words.formats.dateTime(receipt.startedAt)}</Row>
        <Row name={names.request}>
          <code>{receipt.requestId}</code>
        </Row>
        <Row name={names.why}>
          <ol>
            {reasons.map((reason, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the reasons of a receipt never change their order
              <li key={index}>{describeReason(reason, words)}</li>
            ))}
          </ol>
        </Row>
      </dl>
      {place.place === 'relay' && <p className={styles.attested}>{names.attested}</p>}
    </details>
  );
}

function PartRows({ part, words }: { readonly part: ReceiptPart; readonly words: Dictionary }) {
  const { receipt: names } = words;
  if (part.place === 'relay') {
    return (
      <>
        <Row name={names.model}>{part.model}</Row>
        <Row name={names.zone}>{part.zone ?? names.zoneUnknown}</Row>
      </>
    );
  }
  return (
    <>
      <Row name={names.model}>{part.packageId}</Row>
      <Row name={names.engine}>{part.engine}</Row>
      <Row name={names.backend}>{names.backendNames[part.backend]}</Row>
      {part.gpuLayers && (
        <Row name={names.gpuLayers}>
          {part.gpuLayers.offloaded}/{part.gpuLayers.total}
        </Row>
      )}
      {part.backend === 'wasm' && <Row name={names.threads}>{words.formats.count(part.threads)}</Row>}
    </>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
