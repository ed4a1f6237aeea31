import type { Catalog } from '@orilla/contract';
import type { DeviceState, Orilla } from '@orilla/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import { ErrorCard } from '../errors/error-card.tsx';
import { LoadCard } from '../models/load-card.tsx';
import { ModelCard } from '../models/model-card.tsx';
import type { ModelFit } from '../models/model-fit.ts';
import { usePreparation } from '../models/use-preparation.ts';
import styles from './chat-view.module.css';
import { Composer } from './composer.tsx';
import { isRunning } from './conversation.ts';
import { ConversationLog } from './conversation-log.tsx';
import { Shore } from './shore.tsx';
import { TurnView } from './turn-view.tsx';
import { useAnnouncement } from './use-announcement.ts';
import type { Chat } from './use-conversation.ts';
import { Welcome } from './welcome.tsx';

interface ChatViewProps {
  readonly orilla: Orilla;
  readonly chat: Chat;
  readonly catalog: Catalog;
  readonly modelName: string;
  readonly device: DeviceState;
  /** Whether this device could run the model; `null` while it is being asked. */
  readonly fit: ModelFit | null;
  /** Whether the model is in this browser. */
  readonly isStored: boolean;
  /** Another view may stand in front: the conversation, and what runs in it, stays as it is. */
  readonly isShown: boolean;
}

/** The conversation, or the welcome before it, above the text box. */
export function ChatView({ orilla, chat, catalog, modelName, device, fit, isStored, isShown }: ChatViewProps) {
  const words = useWords();
  const [draft, setDraft] = useState('');
  const textBox = useRef<HTMLTextAreaElement>(null);
  const preparation = usePreparation(orilla, modelName);
  const { turns, label } = chat.conversation;
  const last = turns.at(-1);
  const running = isRunning(last);
  const announcement = useAnnouncement(last);
  const model = catalog.models[modelName];

  const focusTextBox = useCallback(() => textBox.current?.focus(), []);
  const isEmpty = turns.length === 0;
  useEffect(() => {
    // On a touch screen focus would raise the keyboard over the welcome.
    if (isEmpty && matchMedia('(pointer: fine)').matches) focusTextBox();
  }, [isEmpty, focusTextBox]);

  const main = useRef<HTMLElement>(null);
  const wasShown = useRef(isShown);
  useEffect(() => {
    // Whoever comes back from another view starts where a question is written, or at the beginning on a touch screen.
    if (isShown && !wasShown.current) {
      if (matchMedia('(pointer: fine)').matches) focusTextBox();
      else main.current?.focus();
    }
    wasShown.current = isShown;
  }, [isShown, focusTextBox]);

  const retry = useRef(chat.retry);
  useEffect(() => {
    retry.current = chat.retry;
  });
  const onRetry = useCallback<Chat['retry']>(
    (turn, nextLabel) => {
      retry.current(turn, nextLabel);
      focusTextBox();
    },
    [focusTextBox],
  );

  function cancelLoad() {
    preparation.cancel();
    chat.stop();
    focusTextBox();
  }

  function resume(packageId: string) {
    // Who waits for the download is told how it ends; that it could not go on leaves it paused, as it is shown.
    orilla.packages.resume(packageId).catch(() => undefined);
  }

  const loadCard = device.status === 'loading' && (
    <LoadCard
      title={model?.title ?? modelName}
      progress={device.progress}
      onCancel={cancelLoad}
      onResume={() => resume(device.packageId)}
    />
  );

  return (
    <>
      <main ref={main} className={styles.main} tabIndex={-1} hidden={!isShown}>
        {isEmpty && (
          <Welcome
            onSuggestion={(question) => {
              setDraft(question);
              focusTextBox();
            }}
          >
            {preparation.error && <ErrorCard error={preparation.error} onRetry={preparation.start} />}
            {loadCard ||
              (model && !preparation.error && (
                <ModelCard model={model} fit={fit} isStored={isStored} onDownload={preparation.start} />
              ))}
          </Welcome>
        )}
        {!isEmpty && <h1 className="visually-hidden">{words.chat.log}</h1>}
        <ConversationLog revision={revisionOf(last)} turnCount={turns.length}>
          {turns.map((turn) => (
            <TurnView
              key={turn.id}
              turn={turn}
              loaded={device.status === 'ready' ? device.loaded : null}
              isLoading={device.status === 'loading'}
              onRetry={turn === last && !running ? onRetry : null}
            />
          ))}
        </ConversationLog>
        <Shore>
          {!isEmpty && loadCard}
          <Composer
            draft={draft}
            label={label}
            isRunning={running}
            textBox={textBox}
            onDraft={setDraft}
            onLabel={chat.setLabel}
            onSend={() => {
              chat.ask(draft.trim());
              setDraft('');
              focusTextBox();
            }}
            onStop={() => {
              chat.stop();
              focusTextBox();
            }}
          />
        </Shore>
      </main>
      <p className="visually-hidden" role="status">
        {announcement}
      </p>
    </>
  );
}

function revisionOf(
  turn: { readonly answer: { readonly status: string; readonly text?: string } } | undefined,
): string {
  return turn ? `${turn.answer.status} ${turn.answer.text?.length ?? 0}` : '';
}
