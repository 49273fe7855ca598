// HTTP as bytes, for what no client library would send.
import { connect } from "node:net";
import type { Json } from "./gateway.ts";
import type { Target } from "./target.ts";
import { within } from "./waiting.ts";

export interface RawAnswer {
	readonly status: number;
	readonly headers: string;
	readonly text: string;
	readonly json: Json;
}

/**
 * Sends pieces one after the other and reads until the server closes.
 * @param options Pause between them; whether the client closes its side behind them, as `nc -N` does.
 */
export async function talk(
	target: Pick<Target, "http">,
	pieces: readonly string[],
	{ pauseMs = 5, endsAtOnce = false }: { pauseMs?: number; endsAtOnce?: boolean } = {},
): Promise<string> {
	const { hostname, port } = new URL(target.http);
	const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
	socket.setNoDelay(true);
	const { promise, resolve } = Promise.withResolvers<string>();
	let text = "";
	socket.on("data", (chunk) => {
		text += chunk.toString("latin1");
	});
	socket.on("error", () => {});
	socket.on("end", () => resolve(text));
	socket.on("close", () => resolve(text));
	try {
		for (const piece of pieces) {
			socket.write(Buffer.from(piece, "latin1"));
			// So that the server meets the pieces one by one; what is tested holds for any pause.
			if (pieces.length > 1) await Bun.sleep(pauseMs);
		}
		if (endsAtOnce) socket.end();
		return await within(promise, `the end of the answer to ${pieces[0]?.slice(0, 60)}`);
	} finally {
		socket.destroy();
	}
}

/** The answers in what a connection said, by their Content-Length. */
export function answersIn(text: string): RawAnswer[] {
	const answers: RawAnswer[] = [];
	let rest = text;
	while (rest.startsWith("HTTP/1.1 ")) {
		const end = rest.indexOf("\r\n\r\n");
		const headers = rest.slice(0, end);
		const length = Number(/^content-length: (\d+)$/im.exec(headers)?.[1] ?? 0);
		const body = rest.slice(end + 4, end + 4 + length);
		const json = body.startsWith("{") ? (JSON.parse(body) as Json) : {};
		answers.push({ status: Number(headers.slice(9, 12)), headers, text: body, json });
		rest = rest.slice(end + 4 + length);
	}
	return answers;
}

export interface RawRequest {
	readonly method?: string;
	readonly path: string;
	/** Header lines besides those of the body; `Host` is the target's unless there is one. */
	readonly headers?: readonly string[];
	readonly body?: unknown;
}

/** One request on a connection of its own. */
export async function ask(
	target: Target,
	{ method = "GET", path, headers = [], body }: RawRequest,
): Promise<RawAnswer> {
	const data = body === undefined ? "" : JSON.stringify(body);
	const hasHost = headers.some((line) => /^host:/i.test(line));
	const lines = [
		`${method} ${path} HTTP/1.1`,
		...(hasHost ? [] : [`Host: ${new URL(target.http).host}`]),
		...headers,
		...(body === undefined
			? []
			: ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(data)}`]),
		"Connection: close",
	];
	const bytes = `${lines.join("\r\n")}\r\n\r\n${Buffer.from(data).toString("latin1")}`;
	const [answer] = answersIn(await talk(target, [bytes]));
	if (answer === undefined) throw new Error(`no answer to ${method} ${path}`);
	return answer;
}
