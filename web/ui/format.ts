/** "0.78 s", "12.3 s", "1:05 min": as exact as anybody can tell the difference. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, durationMs) / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}

/** How long something was, for people: "3.2 s". */
export function formatLength(durationMs: number): string {
  const seconds = Math.max(0, durationMs) / 1000;
  return seconds < 9.95 ? `${seconds.toFixed(1)} s` : formatWait(durationMs);
}

/** A guess at a wait, no more exact than it is: "8 s", "2 min". */
export function formatWait(durationMs: number): string {
  const seconds = Math.max(1, Math.round(durationMs / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** "−45 dB", with a minus sign that is read as one. */
export function formatLevel(levelDb: number): string {
  const rounded = Math.round(levelDb);
  return `${rounded < 0 ? '−' : ''}${Math.abs(rounded)}\u00a0dB`;
}

/** "3.2 of 8.7 MB", of a million bytes each; "3.2 MB" where nobody knows how much it will be (`totalBytes` 0). */
export function formatProgress(loadedBytes: number, totalBytes: number): string {
  const loaded = (loadedBytes / 1e6).toFixed(1);
  return totalBytes > 0 ? `${loaded} of ${(totalBytes / 1e6).toFixed(1)}\u00a0MB` : `${loaded}\u00a0MB`;
}
