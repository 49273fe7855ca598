import type { Call, ListenerInfo } from "./call.ts";

/**
 * What a cookie of a page is called at a listener. An encrypted one has names of its own: its cookies are `Secure`,
 * and no browser lets a page that comes unencrypted see such a one, or replace it.
 */
export function cookieAt({ isEncrypted }: Pick<ListenerInfo, "isEncrypted">, name: string): string {
	return isEncrypted ? `${name}-tls` : name;
}

/** Such a cookie of a request; at an encrypted listener also the one that was set before the page went there. */
export function cookieIn(
	{ headers, listener }: Pick<Call, "headers" | "listener">,
	name: string,
): string | undefined {
	const cookies = new Bun.CookieMap(headers.get("cookie") ?? "");
	return cookies.get(cookieAt(listener, name)) ?? cookies.get(name) ?? undefined;
}
