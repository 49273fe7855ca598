import type { Ask } from "../../../../src/web/editor/app-context.ts";

/** Answers in turn; undefined: the server cannot be reached. */
export function server(...bodies: unknown[]): { ask: Ask; asked: string[] } {
	const asked: string[] = [];
	const ask = async (_: string, path: string) => {
		asked.push(path);
		const body = bodies.shift();
		return body === undefined
			? { ok: false, status: 0, reason: "offline", details: {} }
			: { ok: true, body };
	};
	return { ask: ask as Ask, asked };
}

/** Once answers have been taken. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
