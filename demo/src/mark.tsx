/** Orilla's mark: an O whose lower half is water, with the shore running through it. */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="16" r="12.5" fill="none" stroke="currentColor" strokeWidth="3" />
      <path
        d="M5.6 18.2c3.2-3.6 6.6-3.6 10-.6 3.5 3 7 3 10.9-.8A10.7 10.7 0 0 1 16 26.6 10.7 10.7 0 0 1 5.6 18.2Z"
        fill="currentColor"
      />
    </svg>
  );
}
