/** Of each segment of speech: H.264 main profile and AAC, 25 pictures a second. */
export const SPEECH_MIME = 'video/mp4; codecs="avc1.4D401F,mp4a.40.2"';

/** Seconds that must lie ahead before a reply begins: two fragments, so that the third may be a little late. */
export const START_SECONDS = 0.4;

/** Seconds that must lie ahead before a face that ran dry goes on; twice as many each time, up to the longest. */
export const REFILL_SECONDS = 0.6;
export const LONGEST_REFILL_SECONDS = 4;

/** Seconds of sound and picture already played that are kept when the browser runs out of room. */
export const KEEP_BEHIND_SECONDS = 1;

/** The cross-fade between speech and idle, as in face.module.css. */
export const FADE_MS = 120;

/** So fast a voice is silenced: fast enough to be at once, slow enough not to click. */
export const SILENCE_FADE_MS = 25;

/** When it was nothing he comes back gently. */
export const RETURN_FADE_MS = 120;

/** With so many seconds ahead, a source that manages itself need not be given more. */
export const MANAGED_AHEAD_SECONDS = 5;
