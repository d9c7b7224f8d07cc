const shapes = {
  arrowLeft: "M15 5l-7 7 7 7",
  arrowUp: "M12 19V6M6 11.5L12 5.5l6 6",
  close: "M6 6l12 12M18 6L6 18",
  history: "M4 12a8 8 0 1 0 2.6-5.9L4 8.5M4 4v4.5h4.5M12 8v4.4l3 1.8",
  microphone: "M12 3.5a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0v-5a3 3 0 0 0-3-3ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  retry: "M20 12a8 8 0 1 1-2.6-5.9L20 8.5M20 4v4.5h-4.5",
  sound: "M4.5 9.5v5h3.5l4.5 4v-13l-4.5 4H4.5ZM16 9a4.2 4.2 0 0 1 0 6M18.6 6.5a7.8 7.8 0 0 1 0 11",
  trash: "M5 7h14M9.5 7V4.8h5V7M7 7l.8 12.2h8.4L17 7M10.3 10.5v5.5M13.7 10.5v5.5",
} as const;

export type IconName = keyof typeof shapes | "stop";

/** A line drawing of 24 units. Decoration: whatever holds it has the words. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {name === "stop" ? (
        <rect x="6.5" y="6.5" width="11" height="11" rx="2.5" fill="currentColor" />
      ) : (
        <path
          d={shapes[name]}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.8"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      )}
    </svg>
  );
}
