/** What the server accepts: the same numbers as in its protocol. */
export const MAX_TEXT = 4_000;
export const MAX_AUDIO_BYTES = 10 * 1024 * 1024;
export const MAX_AUDIO_SECONDS = 60;
export const MAX_TITLE = 120;
