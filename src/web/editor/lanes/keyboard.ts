import type { FeatureType } from "../../../contract/mod.ts";
import { isInText, isTyping } from "../kit/typing.ts";
import type { Selection } from "../routes.ts";
import type { LanesState } from "./lanes-state.ts";
import { wireKey } from "./model.ts";

type Arrow = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

/** What an element of the lanes is about. */
export function subjectIn(element: Element | null): Selection | undefined {
	const found = element?.closest<HTMLElement>(
		"[data-port], [data-join], [data-wire], [data-block]",
	);
	const { port, join, wire, block } = found?.dataset ?? {};
	if (port !== undefined) return { kind: "port", id: Number(port) };
	if (join !== undefined) return { kind: "join", id: Number(join) };
	if (block !== undefined) return { kind: "block", id: Number(block) };
	const [id, dfoId] = wire?.split("-").map(Number) ?? [];
	return id === undefined || dfoId === undefined ? undefined : { kind: "wire", id, dfoId };
}

/**
 * Keys in the lanes: arrows go from port to port and from lane to lane, along the wires; Alt with them moves a block;
 * Delete removes, V says the value. Enter is a button's own.
 */
export function onKey(lanes: LanesState, body: HTMLElement, event: KeyboardEvent): void {
	if (isInText(event) || !(event.target instanceof HTMLElement)) return;
	// Enter that accepts a composed character also clicks a button.
	if (isTyping(event)) {
		if (event.key === "Enter") event.preventDefault();
		return;
	}
	const subject = subjectIn(event.target);
	if (subject === undefined || event.ctrlKey || event.metaKey) return;
	if (runKey(lanes, body, event, event.target, subject)) event.preventDefault();
}

/** Esc ends connecting wherever the focus is, before it means anything else. */
export function endOnEscape(lanes: LanesState, event: KeyboardEvent): void {
	if (event.key !== "Escape" || lanes.connector.from.peek() === undefined || isTyping(event))
		return;
	event.stopPropagation();
	event.preventDefault();
	lanes.connector.cancel();
}

function runKey(
	lanes: LanesState,
	body: HTMLElement,
	{ key, altKey }: KeyboardEvent,
	target: HTMLElement,
	subject: Selection,
): boolean {
	switch (key) {
		case "ArrowUp":
		case "ArrowDown":
		case "ArrowLeft":
		case "ArrowRight":
			if (altKey) return moveBlock(lanes, target, key);
			go(target, neighbour(lanes, body, target, subject, key));
			return true;
		case "Delete":
		case "Backspace":
			if (lanes.mayEdit.peek()) void removeAt(lanes, body, target, subject);
			return true;
		case "v":
		case "V":
			lanes.say(lanes.names.nowOf(subject));
			return true;
		default:
			return false;
	}
}

function go(from: HTMLElement, to: HTMLElement | undefined): void {
	if (to === undefined || to === from) return;
	to.focus();
	to.scrollIntoView({ block: "nearest" });
}

function moveBlock(lanes: LanesState, target: HTMLElement, arrow: Arrow): boolean {
	const doId = target.closest<HTMLElement>("[data-card]")?.dataset.card;
	const step = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: 0, ArrowRight: 0 }[arrow];
	if (doId === undefined || (step !== 1 && step !== -1) || !lanes.mayEdit.peek()) return false;
	const side = target.closest<HTMLElement>("[data-lane]")?.dataset.lane;
	if (side === "input" || side === "output") void lanes.edits.moveBy(Number(doId), side, step);
	return true;
}

/** What is left has the focus, so that keys go on there. */
async function removeAt(
	lanes: LanesState,
	body: HTMLElement,
	target: HTMLElement,
	subject: Selection,
): Promise<void> {
	const own = subject.kind === "block" ? target.closest("[data-card]") : target;
	const others = column(body, target).filter((one) => one !== target && !own?.contains(one));
	const y = middle(target);
	await lanes.remove(subject);
	if (!target.isConnected)
		nearest(
			others.filter((one) => one.isConnected),
			y,
		)?.focus();
}

function neighbour(
	lanes: LanesState,
	body: HTMLElement,
	target: HTMLElement,
	subject: Selection,
	arrow: Arrow,
): HTMLElement | undefined {
	if (arrow === "ArrowUp" || arrow === "ArrowDown") {
		const all = column(body, target);
		return all[all.indexOf(target) + (arrow === "ArrowUp" ? -1 : 1)];
	}
	const isRight = arrow === "ArrowRight";
	const y = middle(target);
	const side = laneOf(target, lanes, subject);
	if (subject.kind === "wire") {
		const towardsJoin = (side === "input") === isRight;
		const selector = towardsJoin ? `[data-join="${subject.id}"]` : `[data-port="${subject.dfoId}"]`;
		return found(body, selector) ?? nearest(inLane(body, towardsJoin ? "join" : side), y);
	}
	const isConnecting = lanes.connector.from.peek() !== undefined;
	if (subject.kind === "join") {
		const to: FeatureType = isRight ? "output" : "input";
		const wire = isConnecting
			? undefined
			: wireOf(lanes, body, to, ({ naId }) => naId === subject.id);
		return wire ?? nearest(inLane(body, to), y);
	}
	if ((side === "input") !== isRight) return undefined;
	const wire =
		isConnecting || subject.kind !== "port"
			? undefined
			: wireOf(lanes, body, side, ({ dfoId }) => dfoId === subject.id);
	return wire ?? nearest(inLane(body, "join"), y) ?? nearest(inLane(body, other(side)), y);
}

function other(side: FeatureType | "join"): FeatureType {
	return side === "input" ? "output" : "input";
}

function laneOf(target: HTMLElement, lanes: LanesState, subject: Selection): FeatureType | "join" {
	if (subject.kind === "wire") {
		const view = lanes.views.get(wireKey(subject.id, subject.dfoId));
		return view?.ref.peek().side ?? "input";
	}
	const lane = target.closest<HTMLElement>("[data-lane]")?.dataset.lane;
	return lane === "input" || lane === "output" ? lane : "join";
}

/** The highest wire that is meant. */
function wireOf(
	lanes: LanesState,
	body: HTMLElement,
	side: FeatureType | "join",
	isMeant: (wire: { readonly naId: number; readonly dfoId: number }) => boolean,
): HTMLElement | undefined {
	const views = [...lanes.views.all].filter(({ ref }) => {
		const wire = ref.peek();
		return wire.side === side && isMeant(wire);
	});
	const [first] = views.sort((a, b) => a.y - b.y);
	return first === undefined ? undefined : found(body, `[data-wire="${first.ref.peek().key}"]`);
}

/** What the arrows up and down go through. */
function column(body: HTMLElement, target: HTMLElement): HTMLElement[] {
	if (target.dataset.wire === undefined) {
		const lane = target.closest<HTMLElement>("[data-lane]");
		return lane === null ? [] : all(lane, "[data-port], [data-block], [data-join]");
	}
	const x = target.getBoundingClientRect().left;
	return all(body, "[data-wire]")
		.filter((one) => Math.abs(one.getBoundingClientRect().left - x) < 4)
		.sort((a, b) => middle(a) - middle(b));
}

/** What wires end on in a lane. */
function inLane(body: HTMLElement, lane: FeatureType | "join"): HTMLElement[] {
	return all(body, `[data-lane="${lane}"] [data-end]`);
}

function all(root: HTMLElement, selector: string): HTMLElement[] {
	return [...root.querySelectorAll<HTMLElement>(selector)];
}

function found(body: HTMLElement, selector: string): HTMLElement | undefined {
	return body.querySelector<HTMLElement>(selector) ?? undefined;
}

function nearest(elements: readonly HTMLElement[], y: number): HTMLElement | undefined {
	const distance = (one: HTMLElement) => Math.abs(middle(one) - y);
	return elements.toSorted((a, b) => distance(a) - distance(b))[0];
}

function middle(element: HTMLElement): number {
	const { top, height } = element.getBoundingClientRect();
	return top + height / 2;
}
