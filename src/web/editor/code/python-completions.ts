import type { CompletionList, CompletionName } from "./functions-server.ts";
import { namesIn } from "./near-names.ts";

/** Something the editor offers while a name is typed. */
export interface Offer {
	readonly label: string;
	readonly type: "class" | "function" | "variable" | "keyword" | "namespace";
	/** What follows it, in Python's way: `(x, /)`. */
	readonly detail?: string;
}

/** Offers and where what they replace begins. */
export interface Offers {
	readonly from: number;
	readonly options: readonly Offer[];
}

const KEYWORDS =
	"and as break class continue def del elif else except finally for from global if import in is lambda not or pass raise return try while with yield".split(
		" ",
	);

/**
 * What can be typed at a place of a source: after `module.` its names, behind `import` modules, else what the source
 * itself names, Python's own names and words.
 * @param at Characters before the place.
 * @param isAsked Asked for by a key, not by typing: then also where no letter is typed yet.
 */
export function offersAt(
	source: string,
	at: number,
	list: CompletionList | undefined,
	isAsked: boolean,
): Offers | undefined {
	const line = source.slice(source.lastIndexOf("\n", at - 1) + 1, at);
	const typed = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(line)?.[0] ?? "";
	const from = at - typed.length;
	const before = line.slice(0, line.length - typed.length);
	const member = /([\p{L}_][\p{L}\p{N}_.]*)\.$/u.exec(before)?.[1];
	const modules = list?.modules ?? {};
	if (member !== undefined) {
		const names = modules[moduleOf(source, member)];
		return names && { from, options: names.map(offerOf) };
	}
	const imported = /^\s*from\s+([\w.]+)\s+import\s+(?:.*,\s*)?$/.exec(before)?.[1];
	if (imported !== undefined) {
		const names = modules[imported];
		return names && { from, options: names.map(offerOf) };
	}
	if (/^\s*(?:import|from)\s+(?:.*,\s*)?$/.test(before)) {
		return { from, options: Object.keys(modules).map((label) => ({ label, type: "namespace" })) };
	}
	if ((typed === "" && !isAsked) || /^\s*(?:def|class)\s+$/.test(before)) return undefined;
	return { from, options: namesAt(source, from, typed, list) };
}

function namesAt(
	source: string,
	from: number,
	typed: string,
	list: CompletionList | undefined,
): Offer[] {
	const own = namesIn(source.slice(0, from) + source.slice(from + typed.length));
	const builtins = (list?.builtins ?? []).filter(({ name }) => !own.has(name));
	return [
		...[...own].map((label) => ({ label, type: "variable" as const })),
		...builtins.map(offerOf),
		...KEYWORDS.map((label) => ({ label, type: "keyword" as const })),
	];
}

/** The module a name stands for: `np` of `import numpy as np`. */
function moduleOf(source: string, name: string): string {
	for (const [, module = "", alias] of source.matchAll(/^\s*import\s+([\w.]+)\s+as\s+(\w+)/gm)) {
		if (alias === name) return module;
	}
	return name;
}

function offerOf({ name, kind, signature }: CompletionName): Offer {
	return {
		label: name,
		type: kind === "value" ? "variable" : kind,
		...(signature !== undefined && { detail: signature }),
	};
}
