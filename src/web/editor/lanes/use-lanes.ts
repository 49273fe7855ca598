import { batch } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Selection } from "../routes.ts";
import { arrange, updateViews } from "./geometry.ts";
import { endOnEscape, onKey, subjectIn } from "./keyboard.ts";
import type { LanesState } from "./lanes-state.ts";
import { wireKey } from "./model.ts";
import { endIn, followPointer } from "./pointer.ts";

const BEAT_MS = 5000;

type Ref = RefObject<HTMLElement | null>;

/** Lets values grow old. */
export function useBeat(lanes: LanesState): void {
	useEffect(() => {
		const { clock } = lanes.app;
		let cancel = () => {};
		const beat = () => {
			lanes.beat.value = clock.monotonic();
			cancel = clock.after(BEAT_MS, beat);
		};
		beat();
		return () => cancel();
	}, [lanes]);
}

/** Places joins and wires after each change of the layout, and follows what is in view. */
export function useArrangement(lanes: LanesState, view: Ref, body: Ref): void {
	const watch = useRef<(list: Element) => void>(undefined);
	useEffect(() => {
		if (view.current === null || body.current === null) return;
		const [outer, inner] = [view.current, body.current];
		let frame = 0;
		const soon = (run: () => void) => {
			cancelAnimationFrame(frame);
			frame = requestAnimationFrame(run);
		};
		const observer = new ResizeObserver(() => soon(() => arrangeNow(lanes, outer, inner)));
		observer.observe(outer);
		const watched = new WeakSet<Element>();
		watch.current = (list) => {
			if (!watched.has(list)) observer.observe(list);
			watched.add(list);
		};
		watchLists(inner, watch.current);
		const onScroll = () => soon(() => lookAgain(lanes, outer, inner));
		outer.addEventListener("scroll", onScroll, { passive: true });
		addEventListener("scroll", onScroll, { passive: true });
		return () => {
			cancelAnimationFrame(frame);
			observer.disconnect();
			outer.removeEventListener("scroll", onScroll);
			removeEventListener("scroll", onScroll);
		};
	}, [lanes]);
	useLayoutEffect(() => {
		arrangeNow(lanes, view.current, body.current);
		// Lists come with what is first in them.
		if (body.current !== null && watch.current) watchLists(body.current, watch.current);
	});
}

function watchLists(body: HTMLElement, watch: (list: Element) => void): void {
	for (const list of body.querySelectorAll(".lanes-list")) watch(list);
}

function arrangeNow(lanes: LanesState, view: HTMLElement | null, body: HTMLElement | null): void {
	if (view === null || body === null) return;
	lanes.isNarrow.value = !arrange(body, lanes.views.all);
	lookAgain(lanes, view, body);
}

function lookAgain(lanes: LanesState, view: HTMLElement, body: HTMLElement): void {
	const { top } = body.getBoundingClientRect();
	const outer = view.getBoundingClientRect();
	const from = Math.max(0, outer.top) - top;
	const to = Math.min(innerHeight, outer.bottom) - top;
	batch(() => updateViews(from, to, lanes.views.all));
}

/** Scrolls to what is selected elsewhere, such as by searching. */
export function useReveal(lanes: LanesState, view: Ref, selection: Selection | undefined): void {
	useEffect(() => {
		lanes.reveal();
		view.current
			?.querySelector(selectorOf(selection))
			?.closest(".lanes-ports > li, .lanes-join, .lanes-card, .lanes-chip")
			?.scrollIntoView({ block: "nearest" });
	}, [lanes, view, selection]);
}

function selectorOf(selection: Selection | undefined): string {
	switch (selection?.kind) {
		case "wire":
			return `[data-wire="${wireKey(selection.id, selection.dfoId)}"]`;
		case "block":
		case "port":
		case "join":
			return `[data-${selection.kind}="${selection.id}"]`;
		default:
			return ".lanes-nowhere";
	}
}

/** Pointer and keys. */
export function useInput(lanes: LanesState, view: Ref, body: Ref): void {
	useEffect(() => {
		if (view.current === null || body.current === null) return;
		const [outer, inner] = [view.current, body.current];
		const ended = new AbortController();
		const { signal } = ended;
		const stop = followPointer(lanes, { view: outer, body: inner });
		outer.addEventListener("keydown", (event) => onKey(lanes, inner, event), { signal });
		const onEscape = (event: KeyboardEvent) => endOnEscape(lanes, event);
		window.addEventListener("keydown", onEscape, { signal, capture: true });
		outer.addEventListener(
			"click",
			({ target }) => {
				if (!(target instanceof Element)) return;
				if (target.closest("button, a, [popover], dialog") !== null) return;
				const [id, dfoId] = target.getAttribute("data-hit")?.split("-").map(Number) ?? [];
				if (id !== undefined && dfoId !== undefined) {
					lanes.select({ kind: "wire", id, dfoId });
					return;
				}
				lanes.connector.cancel();
				lanes.select(undefined);
			},
			{ signal },
		);
		const hover = ({ target }: Event) => {
			if (target instanceof Element) lanes.hover(endIn(target));
		};
		inner.addEventListener("pointerover", hover, { signal });
		inner.addEventListener("focusin", hover, { signal });
		describeFocus(lanes, outer, signal);
		return () => {
			stop();
			ended.abort();
		};
	}, [lanes]);
}

/** What has the focus is described as it is now: names that changed with each value would be read again and again. */
function describeFocus(lanes: LanesState, outer: HTMLElement, signal: AbortSignal): void {
	outer.addEventListener(
		"focusin",
		({ target }) => {
			const now = outer.querySelector("#lanes-now");
			const subject = target instanceof Element ? subjectIn(target) : undefined;
			if (now === null || subject === undefined || !(target instanceof Element)) return;
			now.textContent = lanes.names.nowOf(subject);
			if (now.textContent !== "") target.setAttribute("aria-describedby", "lanes-now");
		},
		{ signal },
	);
	outer.addEventListener(
		"focusout",
		({ target }) => {
			if (target instanceof Element && target.getAttribute("aria-describedby") === "lanes-now") {
				target.removeAttribute("aria-describedby");
			}
		},
		{ signal },
	);
}
