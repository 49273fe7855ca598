import type { Stage } from "./functions-server.ts";

/** A sample of the table below the code, as it was typed. */
export interface RowText {
	readonly text: string;
	/** JSON of what must come out; absent: not pinned. */
	readonly expected?: string;
	/** Of a pinned row: the stage it was pinned for. */
	readonly stage?: Stage;
}

/** What was typed and not saved yet. */
export interface Draft {
	readonly name: string;
	readonly code: string;
	/** The version it began from; null: the function is not saved yet. */
	readonly base: number | null;
	readonly rows: readonly RowText[];
	/** Milliseconds since 1970. */
	readonly at: number;
}

/** Of the browser's storage, what drafts need of it. */
export type DraftStorage = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const PREFIX = "iottalk-draft:";
/** Beyond so many of one browser the oldest ones go. */
const MAX_DRAFTS = 20;
/** Characters of all drafts; browsers allow about 5 million for everything. */
const MAX_CHARS = 2_000_000;

/**
 * Drafts of one person in this browser, so that they survive a reload. A browser that stores nothing, or has no room,
 * loses none that is open: it is only not there after a reload, and `keep` says so.
 */
export class Drafts {
	readonly #storage: DraftStorage | undefined;
	readonly #prefix: string;

	/** @param storage Undefined where the browser keeps a page from storing anything. */
	constructor(storage: DraftStorage | undefined, uId: number) {
		this.#storage = storage;
		this.#prefix = `${PREFIX}${uId}:`;
	}

	/** @param key A function's id, or `new`. */
	of(key: string): Draft | undefined {
		return readDraft(this.#storage?.getItem(this.#prefix + key) ?? null);
	}

	/** @returns whether it will be there after a reload. */
	keep(key: string, draft: Draft): boolean {
		const storage = this.#storage;
		if (storage === undefined) return false;
		const text = JSON.stringify(draft);
		makeRoom(storage, this.#prefix + key, text.length);
		try {
			storage.setItem(this.#prefix + key, text);
			return true;
		} catch {
			// The browser has less room: an older text is worse than none.
			storage.removeItem(this.#prefix + key);
			return false;
		}
	}

	drop(key: string): void {
		this.#storage?.removeItem(this.#prefix + key);
	}
}

/** The browser's storage, where the page may use it. */
export function browserStorage(): DraftStorage | undefined {
	try {
		return localStorage;
	} catch {
		return undefined;
	}
}

/** Lets the oldest ones go, of whatever person: a browser in a classroom sees many. */
function makeRoom(storage: DraftStorage, key: string, chars: number): void {
	const others: { key: string; at: number; chars: number }[] = [];
	for (let i = 0; i < storage.length; i++) {
		const other = storage.key(i);
		if (other === null || !other.startsWith(PREFIX) || other === key) continue;
		const text = storage.getItem(other);
		others.push({ key: other, at: readDraft(text)?.at ?? 0, chars: text?.length ?? 0 });
	}
	others.sort((one, other) => other.at - one.at);
	let room = MAX_CHARS - chars;
	others.forEach((other, index) => {
		room -= other.chars;
		if (room < 0 || index >= MAX_DRAFTS - 1) storage.removeItem(other.key);
	});
}

function readDraft(text: string | null): Draft | undefined {
	if (text === null) return undefined;
	try {
		const { name, code, base, rows, at } = JSON.parse(text);
		const isWhole =
			typeof name === "string" &&
			typeof code === "string" &&
			typeof at === "number" &&
			(base === null || typeof base === "number") &&
			Array.isArray(rows);
		return isWhole ? { name, code, base, rows: rows.filter(isRow), at } : undefined;
	} catch {
		return undefined;
	}
}

function isRow(row: unknown): row is RowText {
	if (typeof row !== "object" || row === null || !("text" in row)) return false;
	const expected = "expected" in row ? row.expected : undefined;
	return typeof row.text === "string" && (expected === undefined || typeof expected === "string");
}
