import type { Catalog, DeviceFacts } from '@orilla/contract';
import { Check, ChevronDown } from 'lucide-react';
import { useId, useRef } from 'react';
import type { Dictionary } from '../../i18n/dictionary.ts';
import { useWords } from '../../i18n/language-provider.tsx';
import { mainReason } from '../chat/route-reason.ts';
import { modelFit } from './model-fit.ts';
import styles from './model-picker.module.css';

interface ModelPickerProps {
  readonly catalog: Catalog;
  readonly facts: DeviceFacts | null | undefined;
  readonly stored: ReadonlySet<string>;
  readonly selected: string;
  onSelect(model: string): void;
}

/** The models of the catalog, each with its size and whether this device could run it, before anything is fetched. */
export function ModelPicker({ catalog, facts, stored, selected, onSelect }: ModelPickerProps) {
  const words = useWords();
  const id = useId();
  const list = useRef<HTMLFieldSetElement>(null);
  const title = catalog.models[selected]?.title ?? selected;
  return (
    <div className={styles.picker}>
      <button type="button" className={styles.open} popoverTarget={id} aria-label={words.model.current(title)}>
        <span className={styles.current}>{title}</span>
        <ChevronDown size={16} aria-hidden="true" />
      </button>
      <fieldset
        id={id}
        ref={list}
        popover="auto"
        className={styles.list}
        onToggle={(event) => {
          if (event.newState === 'open') list.current?.querySelector<HTMLInputElement>('input:checked')?.focus();
        }}
      >
        <legend className={styles.legend}>{words.model.choose}</legend>
        {Object.entries(catalog.models).map(([name, model]) => (
          <label key={name} className={styles.option}>
            <input
              type="radio"
              name={`${id}-model`}
              value={name}
              checked={name === selected}
              onChange={() => onSelect(name)}
              onClick={(event) => {
                // An arrow key also clicks the radio it moves to; a pointer's click has a position and ends the choice.
                if (event.detail > 0) list.current?.hidePopover();
              }}
              onKeyDown={(event) => {
                if (event.key === 'Enter') list.current?.hidePopover();
              }}
            />
            <span className={styles.name}>{model.title}</span>
            <span className={styles.facts}>{describe(words, model, facts, stored)}</span>
            <Check className={styles.check} size={18} aria-hidden="true" />
          </label>
        ))}
      </fieldset>
    </div>
  );
}

function describe(
  words: Dictionary,
  model: Catalog['models'][string],
  facts: DeviceFacts | null | undefined,
  stored: ReadonlySet<string>,
): string {
  const size = model.device[0] ? words.formats.bytes(model.device[0].bytes) : '';
  if (facts === undefined) return size;
  const fit = modelFit(model, facts);
  if (fit.verdict === 'blocked') return [size, mainReason([fit.reason], words)].filter(Boolean).join(' · ');
  const state = stored.has(fit.pkg.id) ? words.model.ready : words.model.fits;
  return `${words.formats.bytes(fit.pkg.bytes)} · ${state}`;
}
