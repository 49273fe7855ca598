// What a phone is known by: its device for the device's own addresses, and its seat and its page for joining again.
import { type Call, cookieAt, cookieIn, DEVICE_COOKIE } from "../../http/mod.ts";
import type { OwnSeat } from "../invitations/joining.ts";

const PAGE_COOKIE = "iottalk-join";
const seatCookie = (doId: number) => `iottalk-seat-${doId}`;
const PAGE = /^[\w-]{22}$/;
const SEAT = /^([0-9a-f-]{36})\.([\w-]{1,200})$/;
/** Seats are there for a day after the longest invitation. */
const MAX_AGE_S = 48 * 3600;

/** Where a caller reached the server. */
type Reached = Pick<Call, "prefix" | "listener">;
/** What cookies are read from. */
type Asked = Pick<Call, "headers" | "listener">;

/** The page that asks, by its cookie. */
export function pageOf(call: Asked): string | undefined {
	const page = cookieIn(call, PAGE_COOKIE) ?? "";
	return PAGE.test(page) ? page : undefined;
}

/** `Set-Cookie` for a page. @param page 22 random letters and digits. */
export function pageCookie(call: Reached, page: string): string {
	return cookie(call, PAGE_COOKIE, page, "/join");
}

/** The seat a phone says it has on a block. */
export function seatIn(call: Asked, doId: number): OwnSeat | undefined {
	const [, da_id, password] = SEAT.exec(cookieIn(call, seatCookie(doId)) ?? "") ?? [];
	return da_id === undefined || password === undefined ? undefined : { da_id, password };
}

/** The password a phone shows for a device. */
export function passwordIn(call: Asked): string | undefined {
	return cookieIn(call, DEVICE_COOKIE);
}

/** `Set-Cookie` for a phone that has joined. */
export function memberCookies(call: Reached, doId: number, { da_id, password }: OwnSeat): string[] {
	return [
		cookie(call, DEVICE_COOKIE, password, `/da/${da_id}`, MAX_AGE_S),
		cookie(call, seatCookie(doId), `${da_id}.${password}`, "/join", MAX_AGE_S),
	];
}

/** @param path Below where the caller reached the server. @param maxAge Seconds; else it ends with the browser. */
function cookie(
	{ prefix, listener }: Reached,
	name: string,
	value: string,
	path: string,
	maxAge?: number,
): string {
	return new Bun.Cookie(cookieAt(listener, name), value, {
		...{ path: prefix + path, httpOnly: true, sameSite: "strict", secure: listener.isEncrypted },
		...(maxAge !== undefined && { maxAge }),
	}).toString();
}
