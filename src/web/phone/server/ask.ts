import { secondsIn } from "./down-readers.ts";
import type { Reply } from "./up-queue.ts";

/** An answer of the server. */
export interface Answer extends Reply {
	/** Its JSON; empty where there is none. */
	readonly body: Readonly<Record<string, unknown>>;
}

/** A request that always has an outcome: 0 is the status of one that did not get through. */
export async function ask(
	method: string,
	url: string,
	{ body, headers = {} }: { body?: string; headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
	try {
		const response = await fetch(url, {
			...{ method, cache: "no-store" },
			headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
			...(body !== undefined && { body }),
		});
		const { status } = response;
		return { status, retryAfterS: secondsIn(response.headers), body: await objectIn(response) };
	} catch {
		return { status: 0, body: {} };
	}
}

/** A text of an answer; empty where it has none of that name. */
export function textIn({ body }: Pick<Answer, "body">, name: string): string {
	const text = body[name];
	return typeof text === "string" ? text : "";
}

async function objectIn(response: Response): Promise<Answer["body"]> {
	try {
		const json: unknown = await response.json();
		return typeof json === "object" && json !== null ? { ...json } : {};
	} catch {
		return {};
	}
}
