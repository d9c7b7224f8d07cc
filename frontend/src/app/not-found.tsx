import { Link } from "react-router";
import { paths } from "@/config/paths";
import styles from "./message-page.module.css";

export function NotFound() {
  return (
    <main className={styles.page}>
      <title>Not found · Tutor</title>
      <h1>There is nothing here</h1>
      <p>The address may be mistyped, or the page has moved.</p>
      <Link to={paths.home}>Go to the tutors</Link>
    </main>
  );
}
