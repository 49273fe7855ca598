// Clicks and taps in a page that meet what they are meant for, whatever is loaded meanwhile.
import type { ElementHandle, Page } from "puppeteer-core";

interface Watched {
	readonly one: Element;
	isMissed: boolean;
	/** No click comes any more. */
	isOver: boolean;
	/** Ends what listens for it. */
	stop(): void;
}

/**
 * Clicks or taps at a place that was looked up, and waits until that has arrived. A thing that has moved away from there
 * is missed, and what is there now notices nothing.
 * @returns whether it met the thing.
 */
export async function meets(
	page: Page,
	thing: ElementHandle<Element>,
	press: () => Promise<void>,
): Promise<boolean> {
	await thing.evaluate(watch);
	await press();
	const seen = await page.waitForFunction(() => {
		const { watched } = globalThis as { watched?: Watched };
		// The press loaded another page.
		if (watched === undefined) return "met";
		const { one, isOver, isMissed } = watched;
		if (isOver) return isMissed ? "missed" : "met";
		return one.isConnected && !one.matches(":disabled") ? false : "missed";
	});
	return (await seen.jsonValue()) === "met";
}

/** Looks, in the page, at the events of the next press. */
function watch(one: Element): void {
	const page = globalThis as { watched?: Watched };
	page.watched?.stop();
	const ended = new AbortController();
	const watched: Watched = { one, isMissed: false, isOver: false, stop: () => ended.abort() };
	page.watched = watched;
	const { labels, control } = one as Partial<HTMLInputElement & HTMLLabelElement>;
	const parts = [one, ...(labels ?? []), ...(control ? [control] : [])];
	let hasNoClick = false;
	const look = (event: Event) => {
		if (watched.isOver && !watched.isMissed) return;
		const { type } = event;
		const path = event.composedPath();
		const isPlaced = ["pointerdown", "mousedown", "click"].includes(type);
		if (isPlaced && !parts.some((part) => path.includes(part))) watched.isMissed = true;
		if (type === "pointercancel") watched.isMissed = true;
		if (watched.isMissed) {
			event.preventDefault();
			event.stopImmediatePropagation();
		}
		if (type === "click" || type === "pointercancel") watched.isOver = true;
		if (!type.startsWith("touch")) return;
		setTimeout(() => {
			// None follows a touch that was prevented.
			hasNoClick ||= event.defaultPrevented;
			if (type === "touchend" && hasNoClick) watched.isOver = true;
		});
	};
	const types = ["pointerdown", "mousedown", "touchstart", "pointerup", "mouseup", "touchend"];
	for (const type of [...types, "pointercancel", "click"]) {
		window.addEventListener(type, look, { capture: true, passive: false, signal: ended.signal });
	}
}
