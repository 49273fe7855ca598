const SAFE = ["GET", "HEAD", "OPTIONS"];

/** Whether requests of a method only look, and may be sent twice (RFC 9110 §9.2.1). */
export function isSafe(method: string): boolean {
	return SAFE.includes(method);
}
