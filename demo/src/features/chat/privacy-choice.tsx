import { Building2, Lock } from 'lucide-react';
import { useId } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import styles from './privacy-choice.module.css';

type ChosenLabel = 'device' | 'organization';
const choices: readonly { readonly label: ChosenLabel; readonly Icon: typeof Lock }[] = [
  { label: 'device', Icon: Lock },
  { label: 'organization', Icon: Building2 },
];

interface PrivacyChoiceProps {
  readonly label: string;
  onChange(label: ChosenLabel): void;
}

/** How far this conversation may travel: locked to this device, or within the organization. */
export function PrivacyChoice({ label, onChange }: PrivacyChoiceProps) {
  const { privacy: words } = useWords();
  const name = useId();
  return (
    <fieldset className={styles.choice}>
      <legend className="visually-hidden">{words.legend}</legend>
      {choices.map(({ label: value, Icon }) => (
        <label key={value} className={styles.option}>
          <input type="radio" name={name} value={value} checked={label === value} onChange={() => onChange(value)} />
          <Icon size={15} aria-hidden="true" />
          <span>{words[value]}</span>
        </label>
      ))}
    </fieldset>
  );
}
