import type { Call, Door } from "./call.ts";

/**
 * What a cookie of a page is called at a door. An encrypted one has names of its own: its cookies are `Secure`, and no
 * browser lets a page that comes unencrypted see such a one, or replace it.
 */
export function cookieAt({ isEncrypted }: Pick<Door, "isEncrypted">, name: string): string {
	return isEncrypted ? `${name}-tls` : name;
}

/** Such a cookie of a request; at an encrypted door also the one that was set before the page went there. */
export function cookieIn(
	{ headers, door }: Pick<Call, "headers" | "door">,
	name: string,
): string | undefined {
	const cookies = new Bun.CookieMap(headers.get("cookie") ?? "");
	return cookies.get(cookieAt(door, name)) ?? cookies.get(name) ?? undefined;
}
