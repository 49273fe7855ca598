// The function editor of a page: what is in a shadow root is out of reach for the page's other helpers.
import { expect } from "bun:test";
import type { ElementHandle } from "puppeteer-core";
import type { EditorPage } from "./editor.ts";
import { until } from "./waiting.ts";

const CONTENT = ".code-area >>> .cm-content";

export class CodeEditor {
	readonly #tab: EditorPage;

	constructor(tab: EditorPage) {
		this.#tab = tab;
	}

	/** The source as it is shown, without what is folded or out of view. */
	async text(): Promise<string> {
		// In one step: lines that were found before may be others by now.
		const lines = await this.#tab.page.$eval(".code-area", (host) =>
			[...(host.shadowRoot?.querySelectorAll(".cm-line") ?? [])].map(
				(line) => line.textContent ?? "",
			),
		);
		return lines.join("\n");
	}

	/** Waits until the source has a text. */
	async shows(text: string): Promise<void> {
		await until(async () => (await this.text()).includes(text), `a source with ${text}`);
	}

	async focus(): Promise<void> {
		await this.#tab.page.locator(CONTENT).wait();
		await this.#tab.page.$eval(CONTENT, (content) => (content as HTMLElement).focus());
	}

	/** Writes a source instead of what is there, key by key; the editor indents by itself. */
	async write(...lines: readonly string[]): Promise<void> {
		await this.focus();
		await this.press("Control", "a");
		const { keyboard } = this.#tab.page;
		for (const [at, line] of lines.entries()) {
			if (at > 0) await keyboard.press("Enter");
			await keyboard.type(line);
		}
	}

	/** Presses a key while others are held. */
	async press(...keys: readonly string[]): Promise<void> {
		const { keyboard } = this.#tab.page;
		const held = keys.slice(0, -1) as Parameters<typeof keyboard.down>[0][];
		for (const key of held) await keyboard.down(key);
		await keyboard.press(keys.at(-1) as Parameters<typeof keyboard.press>[0]);
		for (const key of held.toReversed()) await keyboard.up(key);
	}

	/** The field of a row of samples, from 1. */
	async row(number: number): Promise<ElementHandle<HTMLInputElement>> {
		const selector = `input[aria-label="Values of row ${number}"]`;
		const found = await this.#tab.page.waitForSelector(selector);
		expect(found).not.toBeNull();
		return found as ElementHandle<HTMLInputElement>;
	}

	/** Writes a sample. */
	async sample(number: number, text: string): Promise<void> {
		const field = await this.row(number);
		await field.evaluate((one) => one.select());
		await field.type(text);
	}

	/** Marks in the margin: the line, and what is said of it. */
	marks(): Promise<string[]> {
		return this.#tab.page.$$eval(".code-area >>> .cm-problem", (all) =>
			all.map((mark) => mark.getAttribute("title") ?? ""),
		);
	}
}
