import styles from "./brand.module.css";

/** The mark: a speech bubble which is also a face. */
export function Brand({ name }: { name: string }) {
  return (
    <span className={styles.brand}>
      <svg width="30" height="30" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <path
          d="M16 3C8.3 3 2.5 8 2.5 14.7c0 3.7 1.8 6.9 4.8 9.1l-.8 4.4a.8.8 0 0 0 1.2.8l4.5-2.7c1.2.3 2.5.4 3.8.4 7.7 0 13.5-5.2 13.5-12S23.7 3 16 3Z"
          fill="var(--accent)"
        />
        <circle cx="11.3" cy="12.8" r="1.7" fill="var(--on-accent)" />
        <circle cx="20.7" cy="12.8" r="1.7" fill="var(--on-accent)" />
        <path d="M11 17.6c1.3 1.9 3 2.8 5 2.8s3.7-.9 5-2.8" fill="none" stroke="var(--on-accent)" strokeWidth="2" strokeLinecap="round" />
      </svg>
      {name}
    </span>
  );
}
