import type { DeviceKeeper, KeptDevice } from "./server/own-access.ts";

/** The part of `localStorage` and `sessionStorage` that is used. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * Keeps the device of a page for later visits; a tab that became another device keeps that for itself.
 * @param shelves Of the browser and of the tab; a browser may refuse both, and then it lasts as long as the page.
 */
export function deviceKeeper(
	page: string,
	{ lasting, tab }: { lasting: () => Shelf; tab: () => Shelf },
): DeviceKeeper & { onlyInTab(): void } {
	const key = `iottalk-da-${page}`;
	let now: KeptDevice | undefined;
	const read = (shelf: () => Shelf) => attempt(() => shelf().getItem(key)) ?? null;
	const isOwnTab = () => read(tab) !== null;
	const shelf = () => (isOwnTab() ? tab : lasting);
	return {
		read: () => keptIn(read(shelf())) ?? now,
		write: (device) => {
			now = device;
			attempt(() => shelf()().setItem(key, JSON.stringify(device)));
		},
		clear: () => {
			now = undefined;
			attempt(() => (isOwnTab() ? tab().setItem(key, "") : lasting().removeItem(key)));
		},
		onlyInTab: () => {
			now = undefined;
			attempt(() => tab().setItem(key, ""));
		},
	};
}

function attempt<T>(use: () => T): T | undefined {
	try {
		return use();
	} catch {
		return undefined;
	}
}

function keptIn(text: string | null): KeptDevice | undefined {
	const kept: unknown = attempt(() => JSON.parse(text ?? ""));
	if (typeof kept !== "object" || kept === null) return undefined;
	const { id, password }: { id?: unknown; password?: unknown } = kept;
	return typeof id === "string" && typeof password === "string" ? { id, password } : undefined;
}

/** A random UUID, also where `crypto.randomUUID` is missing: pages over plain HTTP. */
export function newId(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	const hex = [...bytes].map((byte, index) => {
		if (index === 6) return (byte & 0x0f) | 0x40;
		return index === 8 ? (byte & 0x3f) | 0x80 : byte;
	});
	const text = hex.map((byte) => byte.toString(16).padStart(2, "0")).join("");
	return [0, 8, 12, 16, 20].map((at, index, all) => text.slice(at, all[index + 1])).join("-");
}
