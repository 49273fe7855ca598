/** What the server says of itself and the reader. */
export interface State {
	readonly needed: boolean;
	readonly name: string | null;
	readonly role: string | null;
}

/** What became of the set-up. */
export interface Done {
	readonly addresses: readonly string[];
	readonly devices: number;
	readonly token?: string;
	readonly token_address?: string;
	readonly todo?: string;
}

export interface Answer<T> {
	readonly status: number;
	/** Undefined unless the request succeeded. */
	readonly body: T | undefined;
	/** Why not. */
	readonly reason: string;
}

/** The page is below the server's root: its paths are relative, so that a proxy's prefix stays. */
const ROOT = "../";

/** Sends a request. @throws TypeError when the server cannot be reached. */
export async function ask<T>(
	method: "GET" | "POST",
	path: string,
	body?: object,
): Promise<Answer<T>> {
	const response = await fetch(ROOT + path, {
		method,
		...(body !== undefined && {
			headers: { "content-type": "application/json" },
			body: JSON.stringify(body),
		}),
	});
	const { status } = response;
	try {
		const json = (await response.json()) as T & { readonly reason?: string };
		return response.ok
			? { status, body: json, reason: "" }
			: { status, body: undefined, reason: json.reason ?? response.statusText };
	} catch {
		return { status, body: undefined, reason: response.statusText };
	}
}

/** The set-up key in the address, such as `#/setup/<key>`; undefined: there is none. */
export function keyIn(hash: string): string | undefined {
	const [, key] = /^#\/setup\/([^/?#]+)$/.exec(hash) ?? [];
	try {
		return key === undefined ? undefined : decodeURIComponent(key);
	} catch {
		return undefined;
	}
}
