import { afterAll, beforeAll, expect, test } from "bun:test";
import { StorageError } from "../../src/kit/errors.ts";
import { ownerRoute } from "../../src/status/owner-route.ts";
import { ADMIN, startHttp, type TestHttp } from "../support/http-server.ts";
import { basic } from "../support/logins.ts";

const OWNER = { partition: 3, is_ours: false, node: "b", url: "http://b.lab:9992" };

let server: TestHttp;
let asked: string[];
let isAway = false;
beforeAll(async () => {
	asked = [];
	const whoHas = async (key: string) => {
		if (isAway) throw new StorageError("its database does not answer");
		asked.push(key);
		return OWNER;
	};
	server = await startHttp(ownerRoute({ whoHas }), { logins: true });
});
afterAll(() => server.stop());

test("an admin is told which node has a graph; no one else is", async () => {
	const ask = (
		query: string,
		login: Record<string, string> = { authorization: basic(ADMIN.name, ADMIN.password) },
	) => fetch(`${server.url}/api/cluster/owner${query}`, { headers: login });
	const answer = await ask(`?of=${encodeURIComponent("lab/square 1")}`);
	expect([answer.status, await answer.json()]).toEqual([200, OWNER]);
	expect(asked).toEqual(["lab/square 1"]);
	for (const query of ["", "?of=", `?of=${"x".repeat(601)}`]) {
		expect((await ask(query)).status).toBe(400);
	}
	expect((await ask("?of=x", {})).status).toBe(401);
	isAway = true;
	const away = await ask("?of=x");
	expect(away.status).toBe(503);
	expect(await away.text()).toContain("its database does not answer");
	expect(asked).toHaveLength(1);
});
