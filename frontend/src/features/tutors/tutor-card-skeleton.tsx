import { Skeleton } from "@/components/ui/skeleton";
import styles from "./tutor-card.module.css";

/** As tall as a card with three questions. */
export function TutorCardSkeleton() {
  return (
    <div className={styles.card}>
      <Skeleton className={styles.picture} style={{ borderRadius: 0 }} />
      <div className={styles.words}>
        <Skeleton style={{ width: "60%", height: "1.5rem" }} />
        <Skeleton style={{ width: "40%", height: "1.75rem" }} />
        <Skeleton style={{ height: "4rem" }} />
        <Skeleton style={{ height: "10rem" }} />
        <Skeleton style={{ height: "2.75rem", borderRadius: "var(--radius-round)" }} />
      </div>
    </div>
  );
}
