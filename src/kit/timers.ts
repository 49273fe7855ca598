/** Longest time a timer can wait: beyond 2³¹ ms it would fire at once. */
export const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
