/** The page is below the server's root: its paths are relative, so that a proxy's prefix stays. */
const ROOT = "../";

export type Method = "GET" | "PUT" | "POST" | "DELETE";

/** A refused request; `status` 0: the server could not be reached. */
export interface Refusal {
	readonly ok: false;
	readonly status: number;
	/** In the server's words, or the browser's. */
	readonly reason: string;
	/** The whole answer, where it was JSON. */
	readonly details: Readonly<Record<string, unknown>>;
}

export type Answer<T> = { readonly ok: true; readonly body: T } | Refusal;

/**
 * Sends a request to the server of this page; never throws.
 * @param path Without a slash at its start, such as `api/v0/project`.
 * @param body Sent as JSON; a form as a form, for files.
 */
export async function ask<T>(method: Method, path: string, body?: unknown): Promise<Answer<T>> {
	try {
		const response = await fetch(ROOT + path, {
			method,
			...contentOf(body),
		});
		const details = await jsonOf(response);
		if (response.ok) return { ok: true, body: details as T };
		const { reason = response.statusText } = details as { readonly reason?: string };
		return { ok: false, status: response.status, reason, details };
	} catch (error) {
		return { ok: false, status: 0, reason: String(error), details: {} };
	}
}

function contentOf(body: unknown): RequestInit {
	if (body === undefined) return {};
	// The browser names the type, with what separates the parts.
	if (body instanceof FormData) return { body };
	return { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

async function jsonOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
	try {
		return await response.json();
	} catch {
		return {};
	}
}
