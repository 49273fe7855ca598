/** What a part of the editor is about: the selection, shown in the panel and marked in the lanes. */
export type Selection =
	| { readonly kind: "block"; readonly id: number }
	| { readonly kind: "port"; readonly id: number }
	| {
			readonly kind: "join";
			readonly id: number;
			/** Its monitor is open. */
			readonly view?: "monitor";
	  }
	/** A link: `id` is the join's, `dfoId` the port's. */
	| { readonly kind: "wire"; readonly id: number; readonly dfoId: number }
	| { readonly kind: "log" };

/** What a list is narrowed down to, or which dialog is open: `#/audit?project=3&user=ann`. */
export type Query = Readonly<Record<string, string>>;

/** `lists`: units, tags and categories, and seed files. */
export type ModelsTab = "models" | "features" | "lists";

/** Every state of the page that can be sent to another person, in the fragment of the address. */
export type Place =
	| { readonly screen: "projects"; readonly query?: Query }
	| { readonly screen: "project"; readonly pId: number; readonly selection?: Selection }
	| { readonly screen: "add-device"; readonly pId?: number; readonly query?: Query }
	| { readonly screen: "functions"; readonly fnId?: number; readonly query?: Query }
	| { readonly screen: "devices"; readonly macAddr?: string; readonly query?: Query }
	| {
			readonly screen: "models";
			readonly tab: ModelsTab;
			readonly id?: number;
			readonly query?: Query;
	  }
	| { readonly screen: "people" | "audit" | "all-projects"; readonly query?: Query }
	| { readonly screen: "account" }
	| { readonly screen: "setup"; readonly key: string }
	| { readonly screen: "unknown" };

const ID = "([1-9][0-9]{0,15})";

type Made = (...parts: string[]) => Place;

/** Patterns of fragments without their `#/`, and what they mean. */
const PATTERNS: readonly (readonly [RegExp, Made])[] = [
	[/^$/, () => ({ screen: "projects" })],
	[/^add$/, () => ({ screen: "add-device" })],
	[/^f$/, () => ({ screen: "functions" })],
	[new RegExp(`^f/${ID}$`), (id) => ({ screen: "functions", fnId: Number(id) })],
	[/^d$/, () => ({ screen: "devices" })],
	[/^d\/([0-9a-f-]{36})$/, (macAddr = "") => ({ screen: "devices", macAddr })],
	[/^m$/, () => ({ screen: "models", tab: "models" })],
	[new RegExp(`^m/${ID}$`), (id) => ({ screen: "models", tab: "models", id: Number(id) })],
	[/^m\/lists$/, () => ({ screen: "models", tab: "lists" })],
	[/^m\/features$/, () => ({ screen: "models", tab: "features" })],
	[
		new RegExp(`^m/features/${ID}$`),
		(id) => ({ screen: "models", tab: "features", id: Number(id) }),
	],
	[/^people$/, () => ({ screen: "people" })],
	[/^audit$/, () => ({ screen: "audit" })],
	[/^all$/, () => ({ screen: "all-projects" })],
	[/^account$/, () => ({ screen: "account" })],
	[/^setup\/([^/]+)$/, (key = "") => ({ screen: "setup", key: decodeURIComponent(key) })],
	[new RegExp(`^p/${ID}$`), (id) => ({ screen: "project", pId: Number(id) })],
	[new RegExp(`^p/${ID}/add$`), (id) => ({ screen: "add-device", pId: Number(id) })],
	[
		new RegExp(`^p/${ID}/log$`),
		(id) => ({ screen: "project", pId: Number(id), selection: { kind: "log" } }),
	],
	[
		new RegExp(`^p/${ID}/(block|port|join)/${ID}$`),
		(pId, kind, id) => ({
			screen: "project",
			pId: Number(pId),
			selection: { kind: kind === "block" || kind === "port" ? kind : "join", id: Number(id) },
		}),
	],
	[
		new RegExp(`^p/${ID}/join/${ID}/monitor$`),
		(pId, id) => ({
			screen: "project",
			pId: Number(pId),
			selection: { kind: "join", id: Number(id), view: "monitor" },
		}),
	],
	[
		new RegExp(`^p/${ID}/wire/${ID}/${ID}$`),
		(pId, id, dfoId) => ({
			screen: "project",
			pId: Number(pId),
			selection: { kind: "wire", id: Number(id), dfoId: Number(dfoId) },
		}),
	],
];

/** The place a fragment such as `#/p/12/join/3` means. */
export function placeOf(hash: string): Place {
	const [path = "", ...search] = hash.replace(/^#?\/?/, "").split("?");
	const place = placeAt(path);
	const query = Object.fromEntries(new URLSearchParams(search.join("?")));
	return takesQuery(place) && Object.keys(query).length > 0 ? { ...place, query } : place;
}

type WithQuery = Extract<Place, { readonly query?: Query }>;

const WITH_QUERY: readonly Place["screen"][] = [
	...(["projects", "people", "audit", "all-projects"] as const),
	...(["add-device", "functions", "devices", "models"] as const),
];

function takesQuery(place: Place): place is WithQuery {
	return WITH_QUERY.includes(place.screen);
}

function placeAt(path: string): Place {
	for (const [pattern, made] of PATTERNS) {
		const found = pattern.exec(path);
		if (found === null) continue;
		try {
			return made(...found.slice(1));
		} catch {
			// Not what `encodeURIComponent` makes.
			return { screen: "unknown" };
		}
	}
	return { screen: "unknown" };
}

/** The fragment of a place, the other way round. */
export function hashOf(place: Place): string {
	const { query = {} } = takesQuery(place) ? place : {};
	const search = new URLSearchParams(query).toString();
	return search === "" ? pathTo(place) : `${pathTo(place)}?${search}`;
}

function pathTo(place: Place): string {
	switch (place.screen) {
		case "projects":
		case "unknown":
			return "#/";
		case "project":
			return `#/p/${place.pId}${place.selection === undefined ? "" : pathOf(place.selection)}`;
		case "add-device":
			return place.pId === undefined ? "#/add" : `#/p/${place.pId}/add`;
		case "functions":
			return place.fnId === undefined ? "#/f" : `#/f/${place.fnId}`;
		case "devices":
			return place.macAddr === undefined ? "#/d" : `#/d/${place.macAddr}`;
		case "models": {
			const tab = place.tab === "models" ? "" : `/${place.tab}`;
			return `#/m${tab}${place.id === undefined ? "" : `/${place.id}`}`;
		}
		case "setup":
			return `#/setup/${encodeURIComponent(place.key)}`;
		case "all-projects":
			return "#/all";
		default:
			return `#/${place.screen}`;
	}
}

function pathOf(selection: Selection): string {
	switch (selection.kind) {
		case "log":
			return "/log";
		case "wire":
			return `/wire/${selection.id}/${selection.dfoId}`;
		case "join":
			return `/join/${selection.id}${selection.view === undefined ? "" : "/monitor"}`;
		default:
			return `/${selection.kind}/${selection.id}`;
	}
}
