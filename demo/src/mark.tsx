/** Orilla's mark: an O whose lower half is water, with the shore running through it. */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="16" r="12.5" fill="none" stroke="currentColor" strokeWidth="3" />
      <path d="M4.5 17.5C8 14.2 12 14.2 16 17.2s8 3 11.5-.3A11.6 11.6 0 0 1 4.5 17.5Z" fill="currentColor" />
    </svg>
  );
}
