import { LOOPBACK, type Reached } from "../screens/people/sheet-address.ts";

/**
 * Addresses phones may come by, the most likely first: a machine has one for each of its networks. Its name for itself,
 * which means another one on a phone, is among them only when there is no other.
 */
export function joinAddresses(address: string, reached: Reached | undefined): string[] {
	const others = (reached?.addresses ?? []).flatMap((other) => {
		const url = urlOf(address);
		const known = urlOf(other);
		if (url === undefined || known === undefined) return [];
		url.hostname = known.hostname;
		return [url.href];
	});
	const all = [...new Set([address, ...others])];
	const ofPhones = all.filter((one) => !isLoopback(one));
	return ofPhones.length > 0 ? ofPhones : all;
}

/** An address as people type it: browsers add `http://` themselves. */
export function typedAddress(address: string): string {
	return address.replace(/^http:\/\//, "");
}

/** What the QR code leads to. */
export function codeAddress(address: string, code: string): string {
	return `${address.replace(/\/$/, "")}/${encodeURIComponent(code)}`;
}

/** A code in two halves, which are easier to copy. */
export function halves(code: string): readonly [string, string] {
	const middle = Math.ceil(code.length / 2);
	return [code.slice(0, middle), code.slice(middle)];
}

function isLoopback(address: string): boolean {
	return LOOPBACK.test(urlOf(address)?.hostname ?? "");
}

function urlOf(text: string): URL | undefined {
	return URL.canParse(text) ? new URL(text) : undefined;
}
