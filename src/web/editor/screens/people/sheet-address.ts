/** What a part of `GET /api/v1/devices/register` says. */
export interface Reached {
	/** Addresses of the server in the network. */
	readonly addresses: readonly string[];
	/** Whether only its own machine reaches it. */
	readonly local_only: boolean;
}

/** Host names that mean the machine they are used on. */
export const LOOPBACK = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Where students find the page: as its reader does, except that the name of the reader's own machine means another one
 * on theirs.
 * @param href Of the page.
 * @param reached Undefined: not known.
 */
export function sheetAddress(href: string, reached: Reached | undefined): string {
	const url = new URL(href);
	url.hash = "";
	const [other] = reached?.addresses ?? [];
	if (LOOPBACK.test(url.hostname) && other !== undefined) url.hostname = new URL(other).hostname;
	return url.href;
}

/** Whether no student's machine reaches the page at its address. */
export function isOnlyHere(href: string, reached: Reached | undefined): boolean {
	return reached?.local_only === true && LOOPBACK.test(new URL(href).hostname);
}
