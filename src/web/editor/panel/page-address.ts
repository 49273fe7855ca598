/**
 * An address that a device gave for a page of its own; undefined: it is not one of the web, and opening it could run
 * something here.
 */
export function pageAddress(text: string | undefined): string | undefined {
	if (text === undefined || !/^https?:\/\//i.test(text)) return undefined;
	try {
		return new URL(text).href;
	} catch {
		return undefined;
	}
}
