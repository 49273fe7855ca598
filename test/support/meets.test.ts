import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Browser, ElementHandle, Page } from "puppeteer-core";
import { launchChromium } from "./chromium.ts";
import { meets } from "./meets.ts";
import { hasProgram } from "./programs.ts";

const PAGE = `<meta name="viewport" content="width=device-width"><style>button { position: absolute; top: 0; width: 100px; height: 50px } #other { left: 200px }</style>
<button id="wanted"></button><button id="other"></button>
<script>
	pressed = [];
	for (const one of document.querySelectorAll("button")) one.onclick = () => pressed.push(one.id);
	swap = () => { wanted.style.left = "200px"; other.style.left = "0" };
</script>`;
/** Where the button that is wanted is at first. */
const PLACE = [50, 25] as const;

describe.if(hasProgram("chromium"))("a press that is watched", () => {
	let browser: Browser;
	let page: Page;
	let wanted: ElementHandle<Element>;
	beforeAll(async () => {
		browser = await launchChromium();
		page = await browser.newPage();
		await page.setViewport({ width: 400, height: 300, hasTouch: true, isMobile: true });
	});
	afterAll(() => browser.close());
	beforeEach(async () => {
		await page.setContent(PAGE);
		const found = await page.waitForSelector("#wanted");
		if (found === null) throw new Error("there is no button");
		wanted = found;
	});
	const pressed = () => page.evaluate("pressed");
	const ways = [
		["click", () => page.mouse.click(...PLACE)],
		["tap", () => page.touchscreen.tap(...PLACE)],
	] as const;

	test.each(ways)("meets what stays where it was: %s", async (_, press) => {
		expect(await meets(page, wanted, press)).toBe(true);
		expect(await pressed()).toEqual(["wanted"]);
	});

	test.each(ways)(
		"misses what has moved away, and presses nothing else: %s",
		async (means, press) => {
			const late = async () => {
				await page.evaluate("swap()");
				await press();
			};
			expect(await meets(page, wanted, late)).toBe(false);
			expect(await pressed()).toEqual([]);
			expect(await meets(page, wanted, () => wanted[means]())).toBe(true);
			expect(await pressed()).toEqual(["wanted"]);
			// What comes after it is not watched any more.
			await press();
			await page.waitForFunction("pressed.length > 1");
			expect(await pressed()).toEqual(["wanted", "other"]);
		},
	);

	test("does not press what comes under a finger that is down", async () => {
		const slow = async () => {
			const finger = await page.touchscreen.touchStart(...PLACE);
			await page.evaluate("swap()");
			await finger.end();
		};
		await meets(page, wanted, slow);
		expect(await pressed()).not.toContain("other");
	});

	test("is over where the page lets no click follow a touch", async () => {
		await page.evaluate(`wanted.addEventListener("touchend", (event) => event.preventDefault())`);
		expect(await meets(page, wanted, () => page.touchscreen.tap(...PLACE))).toBe(true);
		expect(await pressed()).toEqual([]);
	});

	test.each(["disabled = true", "remove()"])(
		"misses what is gone before the click: %s",
		async (how) => {
			await page.evaluate(`wanted.onpointerdown = () => wanted.${how}`);
			expect(await meets(page, wanted, () => page.mouse.click(...PLACE))).toBe(false);
			expect(await pressed()).toEqual([]);
		},
	);
});
