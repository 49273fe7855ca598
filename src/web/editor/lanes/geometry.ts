import { spread } from "./order.ts";
import type { WireView } from "./wire-view.ts";

/** Below this width of the space between lanes, values stand beside the ports: chips would cover them. */
const MIN_GAP = 72;
/** On both sides, for the ports' dots. */
const CHIP_MARGIN = 14;
const MAX_CHIP = 128;
/** With what a finger needs around it. */
const CHIP_HEIGHT = 44;
const JOIN_GAP = 16;
/** How far along its wire a chip is, from the port: there wires are apart. */
const CHIP_AT = 0.36;
/** What is so close to the visible part follows the values already, pixels. */
const VIEW_MARGIN = 80;

interface Point {
	readonly x: number;
	readonly y: number;
}

interface JoinBox {
	readonly item: HTMLElement;
	readonly left: number;
	readonly right: number;
	readonly height: number;
	/** Of its wires' end, from the item's top. */
	readonly middle: number;
}

interface Boxes {
	readonly ports: ReadonlyMap<number, Point>;
	readonly joins: ReadonlyMap<number, JoinBox>;
	/** The top of the list of joins. */
	readonly top: number;
	/** Between the lanes of inputs and of joins. */
	readonly gap: number;
}

/**
 * Places joins beside what they link, and draws all wires. Reads the page once and then writes; called only when the
 * layout has changed. @param body What everything is placed in. @returns whether there is room for chips.
 */
export function arrange(body: HTMLElement, views: Iterable<WireView>): boolean {
	const boxes = boxesIn(body);
	const all = [...views];
	const joinYs = placeJoins(boxes, all);
	const hasChips = boxes.gap >= MIN_GAP;
	const chipWidth = Math.min(MAX_CHIP, boxes.gap - 2 * CHIP_MARGIN);
	for (const side of ["input", "output"] as const) {
		const drawn = all
			.filter((view) => view.ref.peek().side === side)
			.flatMap((view) => draw(view, boxes, joinYs));
		drawn.sort((a, b) => a.chip.y - b.chip.y);
		const items = drawn.map(({ chip }) => ({ wish: chip.y, height: CHIP_HEIGHT }));
		const tops = spread(items, 0, Number.NEGATIVE_INFINITY);
		for (const [index, { view, chip, from, to }] of drawn.entries()) {
			const room = CHIP_MARGIN + chipWidth / 2;
			const x = Math.max(from + room, Math.min(to - room, chip.x));
			view.y = (tops[index] ?? 0) + CHIP_HEIGHT / 2;
			placeChip(view, { x, y: view.y }, hasChips ? chipWidth : 0);
		}
	}
	return hasChips;
}

function boxesIn(body: HTMLElement): Boxes {
	const origin = body.getBoundingClientRect();
	const ports = new Map<number, Point>();
	for (const anchor of body.querySelectorAll<HTMLElement>("[data-anchor]")) {
		const box = anchor.getBoundingClientRect();
		const x = (anchor.dataset.side === "input" ? box.right : box.left) - origin.left;
		const point = { x, y: box.top + box.height / 2 - origin.top };
		for (const id of (anchor.dataset.anchor ?? "").split(" ")) ports.set(Number(id), point);
	}
	const joins = new Map<number, JoinBox>();
	for (const item of body.querySelectorAll<HTMLElement>("[data-join-item]")) {
		const button = item.querySelector("[data-join]") ?? item;
		const [outer, box] = [item.getBoundingClientRect(), button.getBoundingClientRect()];
		joins.set(Number(item.dataset.joinItem), {
			item,
			left: box.left - origin.left,
			right: box.right - origin.left,
			height: outer.height,
			middle: box.top + box.height / 2 - outer.top,
		});
	}
	const lanes = [...body.querySelectorAll("[data-lane]")].map((lane) =>
		lane.getBoundingClientRect(),
	);
	const list = body.querySelector("[data-joins]")?.getBoundingClientRect();
	return {
		ports,
		joins,
		top: (list?.top ?? origin.top) - origin.top,
		gap: (lanes[1]?.left ?? 0) - (lanes[0]?.right ?? 0),
	};
}

/** @returns The height of each join's wires' end. */
function placeJoins({ ports, joins, top }: Boxes, views: readonly WireView[]) {
	const wishes = Map.groupBy(views, (view) => view.ref.peek().naId);
	const items = [...joins].map(([naId, { height, middle }]) => {
		const ys = (wishes.get(naId) ?? []).flatMap(
			(view) => ports.get(view.ref.peek().dfoId)?.y ?? [],
		);
		const mean = ys.length === 0 ? 0 : ys.reduce((sum, y) => sum + y, 0) / ys.length;
		return { wish: mean - middle + height / 2, height };
	});
	const tops = spread(items, JOIN_GAP, top);
	const places = new Map<number, number>();
	let end = top;
	for (const [index, [naId, { item, height, middle }]] of [...joins].entries()) {
		const y = Math.round(tops[index] ?? end);
		write(item, "marginTop", `${y - end}px`);
		places.set(naId, y + middle);
		end = y + height;
	}
	return places;
}

interface Drawn {
	readonly view: WireView;
	readonly chip: Point;
	/** Its left and its right end. */
	readonly from: number;
	readonly to: number;
}

function draw(view: WireView, boxes: Boxes, joinYs: ReadonlyMap<number, number>): Drawn[] {
	const { naId, dfoId, side } = view.ref.peek();
	const port = boxes.ports.get(dfoId);
	const join = boxes.joins.get(naId);
	const y = joinYs.get(naId);
	if (port === undefined || join === undefined || y === undefined) return [];
	const end = { x: side === "input" ? join.left : join.right, y };
	const path = side === "input" ? wirePath(port, end) : wirePath(end, port);
	view.path?.setAttribute("d", path);
	view.hit?.setAttribute("d", path);
	view.portY = port.y;
	const [from, to] = [Math.min(port.x, end.x), Math.max(port.x, end.x)];
	return [{ view, chip: pointOn(port, end, CHIP_AT), from, to }];
}

/** A curve that leaves and arrives level. */
export function wirePath(from: Point, to: Point): string {
	const bend = (to.x - from.x) / 2;
	const [a, b] = [round(from), round(to)];
	return `M${a.x} ${a.y}C${a.x + bend} ${a.y} ${b.x - bend} ${b.y} ${b.x} ${b.y}`;
}

function pointOn(from: Point, to: Point, t: number): Point {
	const middle = (from.x + to.x) / 2;
	const [a, b, c] = [(1 - t) ** 3, 3 * t * (1 - t), t ** 3];
	const ease = t * t * (3 - 2 * t);
	return { x: a * from.x + b * middle + c * to.x, y: from.y + (to.y - from.y) * ease };
}

function round({ x, y }: Point): Point {
	return { x: Math.round(x * 2) / 2, y: Math.round(y * 2) / 2 };
}

/** @param width 0: there is no room for it. */
function placeChip({ chip }: WireView, { x, y }: Point, width: number): void {
	if (chip === null) return;
	write(
		chip,
		"transform",
		`translate(${Math.round(x - width / 2)}px, ${Math.round(y - CHIP_HEIGHT / 2)}px)`,
	);
	write(chip, "width", `${width}px`);
	chip.dataset.room = width === 0 ? "none" : "some";
}

function write(element: HTMLElement, name: "marginTop" | "transform" | "width", value: string) {
	if (element.style[name] !== value) element.style[name] = value;
}

/** Lets only the wires whose chip or port is in the visible part follow their values. */
export function updateViews(top: number, bottom: number, views: Iterable<WireView>): void {
	const isVisible = (y: number) => y > top - VIEW_MARGIN && y < bottom + VIEW_MARGIN;
	for (const view of views) view.isInView.value = isVisible(view.y) || isVisible(view.portY);
}
