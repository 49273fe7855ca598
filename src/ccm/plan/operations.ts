import type { LinkKey } from "../../contract/mod.ts";

interface LinkName {
	/** UUID in lowercase. */
	readonly da_id: string;
	readonly idf?: string;
	readonly odf?: string;
}

type Depends = Readonly<Record<string, string>>;

/** Requests of the graph API that build or change a graph (`csm.md §4`), as they are sent. */
export type Op =
	| { readonly op: "attach" }
	| { readonly op: "detach" }
	| {
			readonly op: "add_funcs";
			readonly codes: readonly string[];
			readonly digests: readonly string[];
	  }
	| ({
			readonly op: "add_link";
			readonly func: string | null;
			readonly depends: Depends;
			readonly input_type?: readonly string[];
			readonly param_no: number;
			readonly tag_param_no: number;
	  } & LinkName)
	| ({ readonly op: "rm_link" } & LinkName)
	| ({
			readonly op: "set_df_func";
			readonly prev: string | null;
			readonly new: string | null;
			readonly depends: Depends;
			readonly input_type?: readonly string[];
	  } & LinkName)
	| {
			readonly op: "set_join";
			readonly prev: string | null;
			readonly new: string | null;
			readonly depends: Depends;
	  };

export type OpName = Op["op"];
export type OpOf<N extends OpName> = Extract<Op, { op: N }>;

/** One name for a key; equal keys have equal names. */
export function nameOfKey({ daId, mode, feature }: LinkKey): string {
	return `${mode} ${daId} ${feature}`;
}

/** The key of a name; undefined when it is not a name. */
export function keyOfName(name: string): LinkKey | undefined {
	const [, mode, daId, feature] = /^(idf|odf) (\S+) (.+)$/s.exec(name) ?? [];
	if (daId === undefined || feature === undefined) return undefined;
	return { daId, mode: mode === "idf" ? "idf" : "odf", feature };
}

/** The key as requests carry it. */
export function fieldsOfKey({ daId, mode, feature }: LinkKey): LinkName {
	return mode === "idf" ? { da_id: daId, idf: feature } : { da_id: daId, odf: feature };
}

/** The key a request or an entry of `get_graph` names; undefined when it has none. */
export function keyOfFields({ da_id, idf, odf }: LinkName): LinkKey | undefined {
	const daId = da_id.toLowerCase();
	if (idf !== undefined) return { daId, mode: "idf", feature: idf };
	if (odf !== undefined) return { daId, mode: "odf", feature: odf };
	return undefined;
}
