// What is asked of the server about functions: shapes of `docs/http.md`.
import type { PersonView } from "../../../contract/mod.ts";
import type { Answer, ask } from "../server/ask.ts";

/** Which function of a graph it is: that of an input, of the join or of an output. */
export type Stage = "idf" | "join" | "odf";

/** A sample that must give what it gave when it was pinned. */
export interface Pinned {
	readonly stage: Stage;
	readonly sample: unknown;
	readonly expected: unknown;
}

export interface FunctionHead {
	readonly fn_id: number;
	readonly fn_name: string;
	readonly is_protect: boolean;
	/** Null: the system's. */
	readonly owner: PersonView | null;
	readonly may_change: boolean;
}

export interface FunctionListed extends FunctionHead {
	/** Of the newest version, ISO 8601. */
	readonly date: string;
	/** Projects, models and features with it. */
	readonly uses: number;
}

export interface VersionHead {
	readonly fnvt_idx: number;
	readonly date: string;
	/** Null: the system, or an account that is gone. */
	readonly by: PersonView | null;
}

export interface FunctionDetails extends FunctionHead {
	/** The newest version's. */
	readonly code: string;
	readonly fnvt_idx: number;
	readonly pinned: readonly Pinned[];
	/** The newest first. */
	readonly versions: readonly VersionHead[];
}

export interface FunctionUses {
	readonly projects: readonly {
		readonly p_id: number;
		readonly p_name: string;
		readonly joins: readonly { readonly na_id: number; readonly na_name: string }[];
	}[];
	/** Projects of others. */
	readonly hidden: number;
	readonly features: readonly { readonly df_id: number; readonly df_name: string }[];
	readonly models: readonly { readonly dm_id: number; readonly dm_name: string }[];
}

/** Something that looks wrong in a source; lines and columns count from 1. */
export interface Finding {
	readonly line: number;
	/** In characters. */
	readonly column: number;
	readonly severity: "error" | "warning";
	readonly text_id: string;
	readonly args: Readonly<Record<string, string>>;
}

export interface TryError {
	readonly kind: string;
	readonly line: number | null;
	readonly reason: string;
}

export interface Tried {
	/** Absent: it gave nothing, or failed. */
	readonly result?: unknown;
	readonly error: TryError | null;
	readonly printed: string;
	readonly ms: number;
}

export interface TryReport {
	readonly loading: Tried;
	/** One for each sample. */
	readonly samples: readonly Tried[];
}

export interface CompletionName {
	readonly name: string;
	readonly kind: "class" | "function" | "value";
	readonly signature?: string;
}

export interface CompletionList {
	readonly builtins: readonly CompletionName[];
	readonly modules: Readonly<Record<string, readonly CompletionName[]>>;
}

export interface Saved {
	readonly fn_id: number;
	readonly fnvt_idx: number;
}

/** A newer version than the one a draft began from. */
export interface NewestVersion extends VersionHead {
	readonly code: string;
}

type Ask = typeof ask;

/** The server's functions, asked for with `app.ask`. */
export function functionsOf(ask: Ask) {
	const v1 = "api/v1/functions";
	return {
		list: () => ask<{ readonly functions: readonly FunctionListed[] }>("GET", v1),
		details: (fnId: number) => ask<FunctionDetails>("GET", `${v1}/${fnId}`),
		uses: (fnId: number) => ask<FunctionUses>("GET", `${v1}/${fnId}/uses`),
		version: async (fnvtIdx: number): Promise<Answer<{ readonly code: string }>> => {
			type Told = { readonly data: { readonly code: string } };
			const answer = await ask<Told>("GET", `api/v0/function/version/${fnvtIdx}`);
			return answer.ok ? { ok: true, body: answer.body.data } : answer;
		},
		create: (fn_name: string, code: string, pinned: readonly Pinned[]) =>
			ask<Saved>("PUT", v1, { fn_name, code, pinned }),
		/** @param base The version the code began from: refused with 409 if there is a newer one. */
		save: (fnId: number, code: string, pinned: readonly Pinned[], base?: number) =>
			ask<Saved>("POST", `${v1}/${fnId}`, { code, pinned, ...(base !== undefined && { base }) }),
		remove: (fnId: number) => ask<object>("DELETE", `api/v0/function/${fnId}`),
		check: (code: string) =>
			ask<{ readonly findings: readonly Finding[] }>("POST", `${v1}/check`, { code }),
		try: (code: string, stage: Stage, samples: readonly unknown[]) =>
			ask<TryReport>("POST", `${v1}/try`, { code, stage, samples }),
		completions: () => ask<CompletionList>("GET", `${v1}/completions`),
	};
}

export type FunctionServer = ReturnType<typeof functionsOf>;

/** The newer version a refused save tells of. */
export function newestIn(details: Readonly<Record<string, unknown>>): NewestVersion | undefined {
	const { newest } = details;
	if (typeof newest !== "object" || newest === null) return undefined;
	return "code" in newest && typeof newest.code === "string"
		? (newest as NewestVersion)
		: undefined;
}
