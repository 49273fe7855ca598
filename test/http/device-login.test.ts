import { describe, expect, test } from "bun:test";
import { json } from "../../src/http/replies.ts";
import { route } from "../../src/http/route.ts";
import { DEVICE, startHttp } from "../support/http-server.ts";
import { basic } from "../support/logins.ts";

const OTHER = "11111111-89ab-4def-8123-456789abcdef";
const whoAsks = route({
	method: "GET",
	path: "/da/{id}/who",
	summary: "Who asks",
	who: "device",
	replies: {},
	run: ({ visitor }) => json(200, visitor),
});

describe.each([true, false])("the device in the path, logins %p,", (logins) => {
	const ask = async (headers: Record<string, string>, id = DEVICE.id) => {
		const server = await startHttp([whoAsks], { logins });
		try {
			const response = await fetch(`${server.url}/da/${id}/who`, { headers });
			return ((await response.json()) as { kind: string }).kind;
		} finally {
			await server.stop();
		}
	};
	const { id, password } = DEVICE;

	test("is known by its password", async () => {
		expect(await ask({ authorization: basic(id, password) })).toBe("device");
		expect(await ask({ authorization: basic(id.toUpperCase(), password) })).toBe("device");
		expect(await ask({ cookie: `a=b; iottalk-da=${password}` })).toBe("device");
	});

	test("is anonymous without it", async () => {
		expect(await ask({})).toBe("anonymous");
		expect(await ask({ authorization: basic(id, "wrong") })).toBe("anonymous");
		expect(await ask({ authorization: basic(OTHER, password) })).toBe("anonymous");
		expect(await ask({ authorization: basic(id, password) }, OTHER)).toBe("anonymous");
		expect(await ask({ cookie: "iottalk-da=" })).toBe("anonymous");
		expect(await ask({ authorization: "Bearer x", cookie: "iottalk-da=wrong" })).toBe("anonymous");
	});

	test("is known to pages of other origins by Basic alone", async () => {
		const origin = "http://evil.example";
		expect(await ask({ origin, cookie: `iottalk-da=${password}` })).toBe("anonymous");
		expect(await ask({ origin, authorization: basic(id, password) })).toBe("device");
	});
});
