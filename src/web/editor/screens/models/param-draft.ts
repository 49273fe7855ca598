import type { ParamView } from "./catalog-view.ts";

/** A parameter as it is typed. */
export interface ParamDraft extends Omit<ParamView, "min" | "max"> {
	readonly min: string;
	readonly max: string;
}

/** What the server takes a missing one for (`ccm-gui.md §3.2`). */
const FIRST: ParamDraft = {
	...{ param_type: "int", idf_type: "sample", fn_id: null, min: "0", max: "0" },
	...{ normalization: false, unit_id: 1 },
};

export function paramDraft({
	param_type,
	idf_type,
	fn_id,
	min,
	max,
	normalization,
	unit_id,
}: ParamView): ParamDraft {
	return {
		...{ param_type, idf_type, fn_id, normalization, unit_id },
		...{ min: String(min), max: String(max) },
	};
}

/** As the server takes it. */
export function paramBody({ min, max, ...rest }: ParamDraft, param_i: number) {
	return { ...rest, param_i, min: Number(min), max: Number(max) };
}

/** What is wrong with a limit: it is not a number, or the lower one is above the upper one. */
export type LimitProblem = "number" | "order";

export function limitProblems({ min, max }: Pick<ParamDraft, "min" | "max">): {
	readonly min?: LimitProblem;
	readonly max?: LimitProblem;
} {
	const isMin = isNumber(min);
	const isMax = isNumber(max);
	if (isMin && isMax) return Number(min) > Number(max) ? { max: "order" } : {};
	return { ...(!isMin && { min: "number" }), ...(!isMax && { max: "number" }) };
}

function isNumber(text: string): boolean {
	return text.trim() !== "" && Number.isFinite(Number(text));
}

export function areLimitsFine(params: readonly ParamDraft[]): boolean {
	return params.every((param) => Object.keys(limitProblems(param)).length === 0);
}

/** So many parameters; new ones are as the last one is. */
export function resized(params: readonly ParamDraft[], count: number): readonly ParamDraft[] {
	const last = params.at(-1) ?? FIRST;
	return Array.from({ length: count }, (_, index) => params[index] ?? last);
}
