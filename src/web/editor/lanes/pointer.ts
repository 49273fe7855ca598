import { wirePath } from "./geometry.ts";
import type { LanesState } from "./lanes-state.ts";
import type { End } from "./model.ts";

/** A press that moves less is a tap, pixels. */
const TAP_MOVE = 6;
/** So close to the edge of the visible part the lanes scroll along, pixels, and so far at a time. */
const EDGE = 48;
const SCROLL_STEP = 12;

interface Press {
	readonly pointer: number;
	readonly x: number;
	readonly y: number;
	readonly drag: Drag;
	moved: boolean;
}

interface Drag {
	begin(): void;
	/** In window coordinates. */
	move(x: number, y: number): void;
	end(x: number, y: number): void;
	cancel(): void;
}

/** The lanes' elements. */
export interface LanesElements {
	/** What scrolls. */
	readonly view: HTMLElement;
	/** What everything is placed in. */
	readonly body: HTMLElement;
}

export function endIn(element: Element | null | undefined): End | undefined {
	const [kind, id] = element?.closest<HTMLElement>("[data-end]")?.dataset.end?.split(" ") ?? [];
	return kind === "port" || kind === "join" ? { kind, id: Number(id) } : undefined;
}

/**
 * Dragging: from a port or a join it draws a wire, from a block's head it moves the block. With a finger only a port's
 * dot is dragged: all else scrolls. @returns what ends it.
 */
export function followPointer(lanes: LanesState, elements: LanesElements): () => void {
	const { body } = elements;
	const ended = new AbortController();
	const { signal } = ended;
	let press: Press | undefined;
	const finish = (how: "end" | "cancel", x = 0, y = 0) => {
		const done = press;
		press = undefined;
		if (done === undefined || !done.moved) return;
		if (how === "cancel") done.drag.cancel();
		else done.drag.end(x, y);
		// The click that follows is none.
		const swallow = (event: Event) => event.stopPropagation();
		body.addEventListener("click", swallow, { capture: true, once: true });
		setTimeout(() => body.removeEventListener("click", swallow, { capture: true }));
	};
	body.addEventListener(
		"pointerdown",
		({ target, pointerId: pointer, pointerType, button, clientX: x, clientY: y }) => {
			if (button !== 0 || !lanes.mayEdit.peek() || !(target instanceof Element)) return;
			const drag = dragFrom(lanes, elements, target, pointerType === "mouse");
			if (press === undefined && drag !== undefined) press = { pointer, x, y, drag, moved: false };
		},
		{ signal },
	);
	window.addEventListener(
		"pointermove",
		({ pointerId, clientX: x, clientY: y }) => {
			if (press === undefined || press.pointer !== pointerId) return;
			if (!press.moved) {
				if (Math.hypot(x - press.x, y - press.y) < TAP_MOVE) return;
				press.moved = true;
				press.drag.begin();
			}
			press.drag.move(x, y);
			scrollAtEdge(elements.view, y);
		},
		{ signal },
	);
	window.addEventListener(
		"pointerup",
		({ pointerId, clientX, clientY }) => {
			if (press?.pointer === pointerId) finish("end", clientX, clientY);
		},
		{ signal },
	);
	window.addEventListener("pointercancel", () => finish("cancel"), { signal });
	window.addEventListener("keydown", ({ key }) => key === "Escape" && finish("cancel"), { signal });
	return () => {
		finish("cancel");
		ended.abort();
	};
}

function scrollAtEdge(view: HTMLElement, y: number): void {
	const { top, bottom } = view.getBoundingClientRect();
	if (y < top + EDGE) view.scrollTop -= SCROLL_STEP;
	else if (y > bottom - EDGE) view.scrollTop += SCROLL_STEP;
}

function dragFrom(
	lanes: LanesState,
	elements: LanesElements,
	target: Element,
	isMouse: boolean,
): Drag | undefined {
	const end = endIn(target);
	if (end !== undefined) {
		const isHandle = isMouse || target.closest(".lanes-dot") !== null;
		return isHandle ? wireDrag(lanes, elements, end) : undefined;
	}
	const grip = target.closest<HTMLElement>("[data-grip]");
	const card = grip?.closest<HTMLElement>("[data-card]");
	return isMouse && card ? blockDrag(lanes, card) : undefined;
}

function wireDrag(lanes: LanesState, { body }: LanesElements, from: End): Drag {
	const draft = () => body.querySelector("[data-draft]");
	const stop = () => draft()?.removeAttribute("d");
	return {
		begin: () => lanes.beginAt(from),
		move: (x, y) => {
			const element = document.elementFromPoint(x, y);
			lanes.hover(endIn(element));
			const origin = body.getBoundingClientRect();
			const to = { x: x - origin.left, y: y - origin.top };
			draft()?.setAttribute("d", wirePath(startOf(body, from, to.x), to));
		},
		end: (x, y) => {
			stop();
			lanes.connector.drop(endIn(document.elementFromPoint(x, y)));
		},
		cancel: () => {
			stop();
			lanes.connector.cancel();
		},
	};
}

/** Where a wire begins: at the dot, of a join's two at the one on the pointer's side. */
function startOf(body: HTMLElement, { kind, id }: End, towards: number) {
	const box = body.querySelector(`[data-end="${kind} ${id}"]`)?.getBoundingClientRect();
	const origin = body.getBoundingClientRect();
	if (box === undefined) return { x: 0, y: 0 };
	const [left, right] = [box.left - origin.left, box.right - origin.left];
	const side = body.querySelector<HTMLElement>(`[data-port="${id}"]`)?.dataset.side;
	const isLeft = kind === "port" ? side === "output" : towards < (left + right) / 2;
	return { x: isLeft ? left : right, y: box.top + box.height / 2 - origin.top };
}

function blockDrag(lanes: LanesState, card: HTMLElement): Drag {
	const list = card.parentElement;
	const cards = [...(list?.querySelectorAll<HTMLElement>("[data-card]") ?? [])];
	const listTop = () => list?.getBoundingClientRect().top ?? 0;
	let middles: readonly number[] = [];
	let before: HTMLElement | undefined;
	let grip = 0;
	const mark = (next: HTMLElement | undefined) => {
		unmark();
		if (next !== undefined) next.classList.add("lanes-drop-before");
		else cards.at(-1)?.classList.add("lanes-drop-after");
		before = next;
	};
	const unmark = () => {
		before?.classList.remove("lanes-drop-before");
		cards.at(-1)?.classList.remove("lanes-drop-after");
	};
	const stop = () => {
		unmark();
		card.classList.remove("lanes-dragged");
		card.style.translate = "";
	};
	return {
		begin: () => {
			const top = listTop();
			middles = cards.map((one) => middleOf(one) - top);
			card.classList.add("lanes-dragged");
			grip = Number.NaN;
		},
		move: (_, windowY) => {
			// In the list, which may scroll meanwhile.
			const y = windowY - listTop();
			if (Number.isNaN(grip)) grip = y;
			card.style.translate = `0 ${y - grip}px`;
			mark(cards.find((one, index) => one !== card && y < (middles[index] ?? 0)));
		},
		end: () => {
			const id = before?.dataset.card;
			stop();
			const beforeId = id === undefined ? undefined : Number(id);
			void lanes.edits.moveBefore(Number(card.dataset.card), beforeId);
		},
		cancel: stop,
	};
}

function middleOf(element: Element): number {
	const { top, height } = element.getBoundingClientRect();
	return top + height / 2;
}
