/** What the student must know about who answers. */
export function Disclosure({ demoBrain }: { demoBrain: boolean }) {
  return (
    <p>
      You are talking to an AI.{" "}
      {demoBrain ? (
        <span data-testid="demo-notice">
          Demo brain: a small embedded language model answers here, and it makes mistakes.
        </span>
      ) : (
        "It can be wrong: check what matters."
      )}
    </p>
  );
}
