import { Button } from "@/components/ui/button";
import styles from "./message-page.module.css";

/** What is left when a page has failed: words and a way on. React reports the error itself to the console. */
export function Broken() {
  return (
    <main className={styles.page}>
      <title>Something went wrong · Tutor</title>
      <h1>Something went wrong on this page</h1>
      <p>What you said and wrote to your tutor is kept. Loading the page again usually helps.</p>
      <Button look="primary" onClick={() => location.reload()}>
        Load again
      </Button>
    </main>
  );
}
