// A person at a page of the editor with one thing to use it by: keys alone, or a finger alone.
import type { ElementHandle, Page } from "puppeteer-core";
import type { EditorPage } from "./editor.ts";
import { meets } from "./meets.ts";
import { LONG_DEADLINE_MS, until } from "./waiting.ts";

/** Steps with Tab or an arrow after which what is looked for is taken to be out of reach. */
const MOST_STEPS = 250;
const MOST_SWIPES = 20;

/** What is called so; an expression is for names that begin or end with what a test does not know. */
export type Name = string | RegExp;

export interface Hands {
	/** Uses what has this name: a button, a link, an entry of a menu, a port. */
	use(name: Name): Promise<void>;
	/** Writes into the field with this label, instead of what is in it. */
	write(label: Name, text: string): Promise<void>;
	/** Goes to the end of the code's second line, takes some characters away, and writes. */
	code(text: string, less?: number): Promise<void>;
}

/** Defines in the page what both need: names of elements, and where the focus is, in shadow roots too. */
const IN_PAGE = `globalThis.hands = {
	nameOf(one) {
		const copy = (one.labels?.[0] ?? one).cloneNode(true);
		for (const hidden of copy.querySelectorAll("[aria-hidden=true], svg")) hidden.remove();
		return (one.getAttribute("aria-label") ?? copy.textContent).replace(/\\s+/g, " ").trim();
	},
	fits(one, source) {
		return new RegExp(source).test(hands.nameOf(one));
	},
	focused() {
		let one = document.activeElement;
		while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
		return one;
	},
	find(source) {
		const open = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document;
		const area = [...open.querySelectorAll(".code-area")].flatMap(({ shadowRoot }) =>
			[...(shadowRoot?.querySelectorAll(".cm-content") ?? [])]);
		const used = "a, button, input, textarea, select, summary, [role=menuitem], [role=menuitemcheckbox], [role=tab]";
		return [...open.querySelectorAll(used), ...area].find((one) =>
			hands.fits(one, source) && !one.matches(":disabled") &&
			one.checkVisibility({ visibilityProperty: true }));
	},
};`;

const TICKED = `hands.focused().matches("[type=checkbox], [type=radio]")`;
const CODE = /^.*Python code/;

const sourceOf = (name: Name) =>
	typeof name === "string" ? `^${RegExp.escape(name)}$` : name.source;

/** Waits until something that can be used has the name. */
async function appears(page: Page, name: Name): Promise<string> {
	const source = JSON.stringify(sourceOf(name));
	const isThere = async () => {
		await page.evaluate(IN_PAGE);
		return page.evaluate(`hands.find(${source}) !== undefined`) as Promise<boolean>;
	};
	await until(isThere, `something called ${name}`, { ms: LONG_DEADLINE_MS });
	return source;
}

/** Keys alone. */
export class Keys implements Hands {
	readonly #page: Page;

	constructor({ page }: EditorPage) {
		this.#page = page;
	}

	async use(name: Name): Promise<void> {
		await this.#reach(name);
		const isTicked = (await this.#page.evaluate(TICKED)) as boolean;
		await this.#page.keyboard.press(isTicked ? "Space" : "Enter");
	}

	async write(label: Name, text: string): Promise<void> {
		await this.#reach(label);
		await this.hold("Control", "a");
		await this.#page.keyboard.type(text);
	}

	async code(text: string, less = 0): Promise<void> {
		await this.#reach(CODE);
		await this.hold("Control", "Home");
		await this.#page.keyboard.press("ArrowDown");
		await this.#page.keyboard.press("End");
		for (let n = 0; n < less; n++) await this.#page.keyboard.press("Backspace");
		await this.#page.keyboard.type(text);
	}

	/** A key while another one is held. */
	async hold(held: "Control", key: "a" | "s" | "z" | "Home"): Promise<void> {
		await this.#page.keyboard.down(held);
		await this.#page.keyboard.press(key);
		await this.#page.keyboard.up(held);
	}

	/** Goes with Tab, in menus with arrows, to what has the name. */
	async #reach(name: Name): Promise<void> {
		const source = await appears(this.#page, name);
		const seen: string[] = [];
		for (let step = 0; step < MOST_STEPS; step++) {
			const [isThere, kind, at] = (await this.#page.evaluate(`{
				const one = hands.focused();
				const kind = one?.closest("[role=menu]") ? "menu" : one?.matches(".cm-content") ? "code" : "";
				[one !== null && one !== document.body && hands.fits(one, ${source}), kind, hands.nameOf(one ?? document.body).slice(0, 40)];
			}`)) as [boolean, string, string];
			if (isThere) return;
			seen.push(at);
			// Tab indents in code, until Esc.
			if (kind === "code") await this.#page.keyboard.press("Escape");
			await this.#page.keyboard.press(kind === "menu" ? "ArrowDown" : "Tab");
		}
		throw new Error(`keys do not lead to ${name}: ${[...new Set(seen)].join(" | ")}`);
	}
}

/** A finger alone: taps, swipes that scroll, and the keys of the keyboard on the screen. */
export class Finger implements Hands {
	readonly #page: Page;

	constructor({ page }: EditorPage) {
		this.#page = page;
	}

	async use(name: Name): Promise<void> {
		const source = await appears(this.#page, name);
		const isTapped = async () => {
			const { x, y } = await this.#reach(source, name);
			const thing = (await this.#page.evaluateHandle(THING(source))).asElement();
			const tap = () => this.#page.touchscreen.tap(x, y);
			return thing !== null && meets(this.#page, thing as ElementHandle<Element>, tap);
		};
		await until(isTapped, `a tap on ${name}`, { ms: LONG_DEADLINE_MS });
	}

	async write(label: Name, text: string): Promise<void> {
		await this.use(label);
		const length = (await this.#page.evaluate("hands.focused().value.length")) as number;
		await this.#page.keyboard.press("End");
		for (let n = 0; n < length; n++) await this.#page.keyboard.press("Backspace");
		await this.#page.keyboard.sendCharacter(text);
	}

	async code(text: string, less = 0): Promise<void> {
		await this.use(CODE);
		for (let n = 0; n < less; n++) await this.#page.keyboard.press("Backspace");
		await this.#page.keyboard.sendCharacter(text);
	}

	/** Swipes until a tap on the thing would meet it. */
	async #reach(source: string, name: Name): Promise<Point> {
		let last = "";
		for (let swipe = 0; swipe < MOST_SWIPES; ) {
			const found = (await this.#page.evaluate(WHERE(source))) as Where;
			const { x, y, distance, now } = found;
			const isAtRest = now === last;
			last = now;
			if (isAtRest && found.hit) return { x, y };
			if (isAtRest) {
				await this.#swipe({ x: found.scrollX, y: found.scrollY }, distance);
				swipe++;
			}
			await this.#page.evaluate(FRAME);
		}
		throw new Error(`a finger does not reach ${name}: ${await this.#page.evaluate(WHAT(source))}`);
	}

	/** Moves what is under the finger up by some pixels, and holds it for a moment: it does not fly on. */
	async #swipe({ x, y }: Point, distance: number): Promise<void> {
		const from = y + distance / 2;
		const finger = await this.#page.touchscreen.touchStart(x, from);
		for (const part of [0.1, 0.3, 0.5, 0.7, 0.9, 1, 1, 1, 1]) {
			await finger.move(x, from - distance * part);
			await this.#page.evaluate(FRAME);
		}
		await finger.end();
	}
}

interface Point {
	readonly x: number;
	readonly y: number;
}

const FRAME = "new Promise((done) => requestAnimationFrame(() => done()))";

interface Where {
	/** Whether a tap at `x`, `y` meets it. */
	readonly hit: boolean;
	readonly x: number;
	readonly y: number;
	/** Where to swipe, and how far the content has to go up. */
	readonly scrollX: number;
	readonly scrollY: number;
	readonly distance: number;
	/** The same place as before: it has come to rest. */
	readonly now: string;
}

const AT = `const one = hands.find(SOURCE);
	const shown = one?.matches("input[type=radio], input[type=checkbox]") ? (one.labels?.[0] ?? one) : one;
	const box = shown?.getBoundingClientRect() ?? { left: 0, top: 0, width: 0, height: 0 };
	const isCode = one?.matches(".cm-content");
	const last = isCode ? one.querySelectorAll(".cm-line")[1].getBoundingClientRect() : box;
	const x = isCode ? last.right - 8 : last.left + last.width / 2;
	const y = last.top + last.height / 2;
	let top = document.elementFromPoint(x, y);
	while (top?.shadowRoot?.elementFromPoint(x, y) && top.shadowRoot.elementFromPoint(x, y) !== top) top = top.shadowRoot.elementFromPoint(x, y);`;

const THING = (source: string) => `{
	${AT.replace("SOURCE", source)}
	shown;
}`;

const WHERE = (source: string) => `{
	${AT.replace("SOURCE", source)}
	let area = shown?.parentElement ?? shown?.getRootNode().host;
	while (area && area !== document.documentElement && !(area.scrollHeight > area.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(area).overflowY))) {
		area = area.parentElement ?? area.getRootNode().host;
	}
	area ??= document.documentElement;
	const own = area === document.documentElement ? { left: 0, top: 0, width: innerWidth, height: innerHeight } : area.getBoundingClientRect();
	const middle = Math.min(innerHeight, own.top + own.height) / 2 + Math.max(0, own.top) / 2;
	const far = Math.max(-own.height / 2, Math.min(own.height / 2, y - middle));
	({ hit: top !== null && shown !== undefined && (shown === top || shown.contains(top)), x, y,
		scrollX: own.left + own.width / 2, scrollY: middle, distance: Math.round(far), now: x + " " + y });
}`;

const WHAT = (source: string) => `{
	${AT.replace("SOURCE", source)}
	JSON.stringify({ x, y, height: innerHeight, width: innerWidth, what: top?.outerHTML.slice(0, 200), one: one?.outerHTML.slice(0, 200) });
}`;
