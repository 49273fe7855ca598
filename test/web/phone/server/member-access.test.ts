import { describe, expect, test } from "bun:test";
import type { MemberInfo } from "../../../../src/contract/mod.ts";
import { MemberAccess } from "../../../../src/web/phone/server/member-access.ts";
import { Asking } from "../support/asked.ts";

const INFO: MemberInfo = {
	...{ seat: 6, name: "phone 7", nickname: "Mia", project: "Class lamp", block: 3 },
	model: "Smartphone",
	features: [{ name: "Color-I1", type: "input", params: [] }],
	https: null,
};

describe("a seat in a class", () => {
	test("opens with what the server says, without a login of its own", async () => {
		const asking = new Asking(() => ({ status: 200, body: INFO }));
		expect(await new MemberAccess("abc", asking.ask).open()).toEqual({
			...{ kind: "open", id: "abc", headers: {}, name: "phone 7", nickname: "Mia" },
			...{ seat: 7, title: "Class lamp", features: INFO.features },
		});
		expect(asking.asked.map(({ method, url }) => [method, url])).toEqual([["GET", "abc/info"]]);
	});

	test("knows its page over HTTPS", async () => {
		const https = "https://gateway:9993/da/abc";
		const asking = new Asking(() => ({ status: 200, body: { ...INFO, nickname: null, https } }));
		const opened = await new MemberAccess("abc", asking.ask).open();
		expect(opened).toMatchObject({ https });
		expect(opened).not.toHaveProperty("nickname");
	});

	test.each([
		[410, { why: "ended" }, "ended"],
		[410, { why: "removed" }, "removed"],
		[401, {}, "join"],
		[404, {}, "join"],
	])("shut with %d %j: %s", async (status, body, state) => {
		const asking = new Asking(() => ({ status, body }));
		expect<object>(await new MemberAccess("abc", asking.ask).open()).toEqual({
			kind: "stop",
			state,
		});
	});

	test.each([0, 429, 500, 503])("tries again after %d", async (status) => {
		const asking = new Asking(() => ({ status, retryAfterS: 2 }));
		expect(await new MemberAccess("abc", asking.ask).open()).toEqual({
			...{ kind: "wait", state: "away", retryAfterS: 2 },
		});
	});

	test("a refusal is looked into", () => {
		const asking = new Asking(() => ({ status: 200 }));
		expect(new MemberAccess("abc", asking.ask).afterRefusal()).toBe("open again");
	});
});
