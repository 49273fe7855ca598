import { afterEach, expect, test } from "bun:test";
import type { Server } from "bun";
import { ask, textIn } from "../../../../src/web/phone/server/ask.ts";

let server: Server<undefined> | undefined;
afterEach(() => server?.stop(true));

function answering(answer: (request: Request) => Response | Promise<Response>): string {
	server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
	return `${server.url}x`;
}

test("a request has its body, its fields, and a JSON answer", async () => {
	const url = answering(({ method, headers }) =>
		Response.json({
			method,
			login: headers.get("authorization"),
			type: headers.get("content-type"),
		}),
	);
	const answer = await ask("PUT", url, { body: "{}", headers: { authorization: "Basic x" } });
	expect(answer).toEqual({
		...{ status: 200, retryAfterS: 0 },
		body: { method: "PUT", login: "Basic x", type: "application/json" },
	});
	expect([textIn(answer, "method"), textIn(answer, "none")]).toEqual(["PUT", ""]);
});

test.each(["", "nonsense", "7", "null"])(
	"an answer without an object has none: %j",
	async (text) => {
		const url = answering(
			() => new Response(text, { status: 429, headers: { "retry-after": "3" } }),
		);
		expect(await ask("GET", url)).toEqual({ status: 429, retryAfterS: 3, body: {} });
	},
);

test("without a server the status is 0", async () => {
	const url = answering(() => new Response(""));
	await server?.stop(true);
	expect(await ask("GET", url)).toEqual({ status: 0, body: {} });
});
