/**
 * The function a refused request asked for last, if none was taken since: a client that does not read replies
 * goes on from it (`csm.md §4.6`).
 */
export type Asked = { readonly digest: string | null } | null;

/** Stands for "no function" where NULL means that nothing is noted. */
const NO_DIGEST = "";

export function askedFrom(stored: string | null): Asked {
	return stored === null ? null : { digest: stored === NO_DIGEST ? null : stored };
}

export function storedAsked(digest: string | null): string {
	return digest ?? NO_DIGEST;
}
