/** A parameter of a feature, as `GET /da/<uuid>/info` tells it. */
export interface Param {
	/** `int`, `float`, `boolean`, `void`, `string` or `json`. */
	readonly type: string;
	/** Without a range both are 0. */
	readonly min: number;
	readonly max: number;
	readonly name?: string;
	readonly unit?: string;
}

export interface Feature {
	readonly name: string;
	/** Seen from the project: an input comes from this page. */
	readonly type: "input" | "output";
	readonly params: readonly Param[];
}

/** What a page shows for features of some kind. */
export type PartKind =
	// Inputs: touched
	| "colour"
	| "pad"
	| "button"
	| "switch"
	| "keypad"
	| "presenter"
	| "slides"
	| "fields"
	// Inputs: felt, heard, found
	| "acceleration"
	| "gyroscope"
	| "orientation"
	| "microphone"
	| "position"
	| "location"
	// Outputs
	| "lamp"
	| "screen"
	| "vibration"
	| "tone"
	| "numbers"
	| "words";

/** What stands by itself on the page, for one feature or for some that belong together. */
export interface Part {
	readonly kind: PartKind;
	/** At least one. */
	readonly features: readonly Feature[];
}

/** By what a feature is called without its ending, in lowercase. */
const INPUTS: Readonly<Record<string, PartKind>> = {
	color: "colour",
	colour: "colour",
	joystick: "pad",
	button: "button",
	keypad: "keypad",
	switch: "switch",
	pptcontrol: "presenter",
	acceleration: "acceleration",
	gyroscope: "gyroscope",
	orientation: "orientation",
	microphone: "microphone",
	geolocation: "position",
	location: "location",
};
const OUTPUTS: Readonly<Record<string, PartKind>> = {
	color: "lamp",
	colour: "lamp",
	luminance: "lamp",
	display: "screen",
	vibration: "vibration",
	key: "tone",
	tone: "tone",
	sound: "tone",
	volume: "tone",
};
/** Values that such a part needs. */
const LEAST: Partial<Record<PartKind, number>> = {
	colour: 3,
	pad: 2,
	acceleration: 3,
	gyroscope: 3,
	orientation: 3,
	position: 2,
};
/** Kinds whose features share one part. */
const TOGETHER: ReadonlySet<PartKind> = new Set(["lamp", "tone"]);
const NUMBERS = new Set(["int", "float"]);

/** `Color-I1` is a `color`. */
export function stemOf({ name }: Pick<Feature, "name">): string {
	return name.replace(/-[IO]\d*$/, "").toLowerCase();
}

/** Which part shows a feature: by its name, else by what its values are. */
export function kindOf(feature: Feature): PartKind {
	const stem = stemOf(feature);
	const named = (feature.type === "input" ? INPUTS : OUTPUTS)[stem];
	if (named !== undefined && feature.params.length >= (LEAST[named] ?? 0)) return named;
	return feature.type === "input" ? inputKind(feature.params) : outputKind(feature.params);
}

function inputKind(params: readonly Param[]): PartKind {
	const types = params.map(({ type }) => type);
	if (types.length === 1 && types[0] === "boolean") return "switch";
	if (types.every((type) => type === "void")) return "button";
	if (!types.every((type) => NUMBERS.has(type))) return "fields";
	return params.length === 2 && params.every(({ min, max }) => max > min) ? "pad" : "slides";
}

function outputKind(params: readonly Param[]): PartKind {
	return params.some(({ type }) => NUMBERS.has(type)) ? "numbers" : "words";
}

/** The parts for features, outputs first: what comes back is what people look at. */
export function partsOf(features: readonly Feature[]): Part[] {
	const parts: { kind: PartKind; features: Feature[] }[] = [];
	const inOrder = [
		...features.filter(({ type }) => type === "output"),
		...features.filter(({ type }) => type === "input"),
	];
	for (const feature of inOrder) {
		const kind = kindOf(feature);
		const same = TOGETHER.has(kind) ? parts.find((part) => part.kind === kind) : undefined;
		if (same === undefined) parts.push({ kind, features: [feature] });
		else same.features.push(feature);
	}
	return parts;
}

/** How many parts a page shows without being asked for more. */
const MOST_AT_ONCE = 8;

/**
 * Parts to show at once, and those to show when asked: of many, the ones that are linked; while none is, the first of
 * each kind.
 * @param connected Names of linked features.
 */
export function sorted(
	parts: readonly Part[],
	connected: ReadonlySet<string>,
): { readonly shown: Part[]; readonly rest: Part[] } {
	if (parts.length <= MOST_AT_ONCE) return { shown: [...parts], rest: [] };
	const isLinked = (part: Part) => part.features.some(({ name }) => connected.has(name));
	const isAnyLinked = parts.some(isLinked);
	const isFirst = (part: Part) => parts.find(({ kind }) => kind === part.kind) === part;
	const isShown = (part: Part) => (isAnyLinked ? isLinked(part) : isFirst(part));
	return { shown: parts.filter(isShown), rest: parts.filter((part) => !isShown(part)) };
}

/** From where to where a slider of a parameter goes, and in which steps. */
export function slideOf({ type, min, max }: Param): {
	readonly min: number;
	readonly max: number;
	readonly step: number;
} {
	const [from, to] = max > min ? [min, max] : [0, 100];
	if (type === "int" && to - from >= 1) return { min: from, max: to, step: 1 };
	// A power of ten, so that values stay short.
	return { min: from, max: to, step: 10 ** Math.floor(Math.log10((to - from) / 100)) };
}

/** A value of a parameter's range. @param share 0 to 1. */
export function valueAt(share: number, param: Param): number {
	const { min, max, step } = slideOf(param);
	return rounded(min + share * (max - min), step);
}

/** A number as a multiple of a step, without the tail that binary fractions leave. */
export function rounded(value: number, step: number): number {
	return Number((Math.round(value / step) * step).toPrecision(10));
}
