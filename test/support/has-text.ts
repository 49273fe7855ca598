import type { Page } from "puppeteer-core";

/** Waits until an element has a text. Puppeteer's own `::-p-text()` is met by every element in this Bun. */
export async function hasText(page: Page, selector: string, text: string): Promise<void> {
	const find = (selector: string, text: string) =>
		[...document.querySelectorAll(selector)].some((one) => one.textContent?.includes(text));
	await page.waitForFunction(find, {}, selector, text);
}
