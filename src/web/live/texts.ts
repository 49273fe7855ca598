/** `1,234.5/s`; small rates with a decimal. */
export function perSecond(rate: number): string {
	return `${rate.toLocaleString(undefined, { maximumFractionDigits: rate < 100 ? 1 : 0 })}/s`;
}

export function count(n: number): string {
	return n.toLocaleString();
}

export function bytes(n: number): string {
	return `${Math.round(n / 2 ** 20).toLocaleString()} MiB`;
}

/** Clock time of a Unix time in seconds. */
export function time(seconds: number): string {
	return new Date(seconds * 1000).toLocaleTimeString();
}
