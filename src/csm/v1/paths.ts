/** What a request is about (`v1-http.md §2`). */
export type Place =
	| { readonly kind: "device"; readonly mac: string }
	| { readonly kind: "feature"; readonly mac: string; readonly feature: string }
	| { readonly kind: "get-alias"; readonly mac: string; readonly feature: string }
	| {
			readonly kind: "set-alias";
			readonly mac: string;
			readonly feature: string;
			readonly name: string;
	  }
	| { readonly kind: "tree" }
	/** An operator's own page, by what stands behind `/da/`; a folder's has a slash at its end. */
	| { readonly kind: "page"; readonly path: string }
	| { readonly kind: "nothing" };

export interface ReadPath {
	/** A registration token that stood before the rest. */
	readonly token: string | undefined;
	readonly place: Place;
}

/** First parts of the original's other pages: none of them is a MAC address. */
const NOT_OFFERED: readonly string[] = [
	"dfm",
	"list_all",
	"static",
	"msg",
	"RemoteControl",
	"favicon.ico",
	"save_msg_info",
	"load_msg_info",
];
const MAX_MAC_BYTES = 128;
const NOTHING: Place = { kind: "nothing" };
/** The scheme and host of an absolute target, as for a proxy. */
const AUTHORITY = /^https?:\/\/[^/?#]*/i;

/** Reads a target: repeated slashes count as one, each part is decoded once. */
export function readPath(target: string): ReadPath {
	const [path = "", query = ""] = split(target.replace(AUTHORITY, ""), "?");
	const parts: string[] = [];
	for (const part of path.split("/").filter((each) => each !== "")) {
		const decoded = decode(part);
		if (decoded === undefined) return { token: undefined, place: NOTHING };
		parts.push(decoded);
	}
	const behind = { query, isFolder: path.endsWith("/") };
	if (parts[0] !== "token") return { token: undefined, place: placeOf(parts, behind) };
	return { token: parts[1], place: placeOf(parts.slice(2), behind) };
}

/** What is not part of a path's names. */
interface Behind {
	readonly query: string;
	/** Whether there is a slash at the end. */
	readonly isFolder: boolean;
}

function placeOf(parts: readonly string[], { query, isFolder }: Behind): Place {
	const [first = "", second, third, fourth] = parts;
	if (first === "tree" && parts.length === 1) return { kind: "tree" };
	if (first === "da") {
		return { kind: "page", path: parts.slice(1).join("/") + (isFolder ? "/" : "") };
	}
	if (first === "get_alias" && second !== undefined && third !== undefined && parts.length === 3) {
		return { kind: "get-alias", mac: second, feature: third };
	}
	const isSetAlias = first === "set_alias" && parts.length === 4 && fourth === "alias";
	if (isSetAlias && second !== undefined && third !== undefined) {
		const name = new URLSearchParams(query).get("name") ?? "";
		return { kind: "set-alias", mac: second, feature: third, name };
	}
	const isReserved =
		NOT_OFFERED.includes(first) || ["tree", "get_alias", "set_alias", "token"].includes(first);
	const isTooLong = Buffer.byteLength(first) > MAX_MAC_BYTES;
	if (first === "" || isReserved || isTooLong || parts.length > 2) return NOTHING;
	if (second === undefined) return { kind: "device", mac: first };
	return { kind: "feature", mac: first, feature: second };
}

function split(text: string, at: string): [string, string] {
	const index = text.indexOf(at);
	return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}

function decode(part: string): string | undefined {
	try {
		const text = decodeURIComponent(part);
		return text.includes("/") || text.includes("\0") ? undefined : text;
	} catch {
		return undefined;
	}
}
