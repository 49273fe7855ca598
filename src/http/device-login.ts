import { basicOf } from "./authorization.ts";
import type { Call } from "./call.ts";
import { cookieIn } from "./page-cookies.ts";

/** Holds the password of a device that is a page of ours; its path is that of the device. */
export const DEVICE_COOKIE = "iottalk-da";

/**
 * The password a request shows for a device: `Basic` with the device's id, or the cookie.
 * @param id Of the device; UUID in lowercase.
 */
export function devicePasswordIn(call: Call, id: string): string | undefined {
	const { headers, from } = call;
	const shown = basicOf(headers.get("authorization"));
	if (shown !== undefined) return shown[0].toLowerCase() === id ? shown[1] : undefined;
	// Browsers send it along for pages of other origins on the same host.
	if (from.foreignOrigin !== undefined) return undefined;
	return cookieIn(call, DEVICE_COOKIE);
}
