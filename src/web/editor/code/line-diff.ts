/** A line of two texts side by side; lines count from 1. */
export interface DiffLine {
	readonly kind: "same" | "old" | "new";
	readonly text: string;
	readonly oldLine?: number;
	readonly newLine?: number;
}

/** Lines that are in both, left out of view. */
export interface DiffGap {
	readonly kind: "gap";
	readonly lines: number;
	/** How many lines, of whichever side, come before them. */
	readonly before: number;
}

/** Above so many changed lines the texts count as different from there on: the search grows with their square. */
const MAX_CHANGED = 600;

/**
 * What has to change to get from one text to another: the shortest list, found by Myers' greedy algorithm.
 * Texts with more than {@link MAX_CHANGED} changed lines are told as all old lines, then all new ones.
 */
export function diffLines(oldText: string, newText: string): DiffLine[] {
	const [before, after] = [linesOf(oldText), linesOf(newText)];
	const steps = shortest(before, after) ?? [
		...before.map(() => "old" as const),
		...after.map(() => "new" as const),
	];
	let [x, y] = [0, 0];
	return steps.map((kind) => {
		const text = (kind === "new" ? after[y] : before[x]) ?? "";
		if (kind !== "new") x += 1;
		if (kind !== "old") y += 1;
		return {
			kind,
			text,
			...(kind !== "new" && { oldLine: x }),
			...(kind !== "old" && { newLine: y }),
		};
	});
}

/** Leaves out lines that are in both, but for some around each change. */
export function withoutSame(lines: readonly DiffLine[], around = 3): (DiffLine | DiffGap)[] {
	const isNear = lines.map(() => false);
	lines.forEach(({ kind }, at) => {
		if (kind !== "same") isNear.fill(true, Math.max(0, at - around), at + around + 1);
	});
	const shown: (DiffLine | DiffGap)[] = [];
	let hidden = 0;
	lines.forEach((line, at) => {
		if (!isNear[at]) {
			hidden += 1;
			return;
		}
		if (hidden > 0) shown.push({ kind: "gap", lines: hidden, before: at - hidden });
		hidden = 0;
		shown.push(line);
	});
	if (hidden > 0) shown.push({ kind: "gap", lines: hidden, before: lines.length - hidden });
	return shown;
}

type Step = DiffLine["kind"];

function linesOf(text: string): string[] {
	return text === "" ? [] : text.split(/\r\n|\r|\n/);
}

function shortest(before: readonly string[], after: readonly string[]): Step[] | undefined {
	/** For each depth, how far down `before` each diagonal has come. */
	const rounds: Map<number, number>[] = [];
	let reach = new Map([[1, 0]]);
	for (let depth = 0; depth <= Math.min(before.length + after.length, MAX_CHANGED); depth++) {
		rounds.push(reach);
		const next = new Map<number, number>();
		for (let k = -depth; k <= depth; k += 2) {
			let x = goesDown(reach, k, depth) ? at(reach, k + 1) : at(reach, k - 1) + 1;
			while (x < before.length && x - k < after.length && before[x] === after[x - k]) x += 1;
			next.set(k, x);
			if (x >= before.length && x - k >= after.length) return wayBack(rounds, before, after);
		}
		reach = next;
	}
	return undefined;
}

function wayBack(
	rounds: readonly Map<number, number>[],
	before: readonly string[],
	after: readonly string[],
): Step[] {
	const steps: Step[] = [];
	let [x, y] = [before.length, after.length];
	for (let depth = rounds.length - 1; depth >= 0; depth--) {
		const reach = rounds[depth] ?? new Map();
		const k = x - y;
		const isDown = goesDown(reach, k, depth);
		const fromX = depth === 0 ? 0 : at(reach, isDown ? k + 1 : k - 1);
		const fromY = depth === 0 ? 0 : fromX - (isDown ? k + 1 : k - 1);
		while (x > fromX && y > fromY) {
			steps.push("same");
			x -= 1;
			y -= 1;
		}
		if (depth > 0) steps.push(isDown ? "new" : "old");
		[x, y] = [fromX, fromY];
	}
	return steps.reverse();
}

/** Whether the best way onto diagonal `k` takes a line of the new text, not one of the old. */
function goesDown(reach: ReadonlyMap<number, number>, k: number, depth: number): boolean {
	return k === -depth || (k !== depth && at(reach, k - 1) < at(reach, k + 1));
}

function at(reach: ReadonlyMap<number, number>, k: number): number {
	return reach.get(k) ?? -1;
}
