import { describe, expect, test } from "bun:test";
import type { Ask } from "../../../../src/web/editor/app-context.ts";
import { bindOnlyCandidate, candidatesFor } from "../../../../src/web/editor/lanes/candidates.ts";

const PLACE = { pId: 3, doId: 7 };
const DEVICES = "GET api/v0/project/3/deviceobject/7/device";

/** Answers from a table; what is not in it cannot be reached. */
function server(answers: Readonly<Record<string, unknown>>): { ask: Ask; asked: string[] } {
	const asked: string[] = [];
	const ask = async (method: string, path: string) => {
		const request = `${method} ${path}`;
		asked.push(request);
		const body = answers[request];
		return body === undefined
			? { ok: false, status: 0, reason: "offline", details: {} }
			: { ok: true, body };
	};
	return { ask: ask as Ask, asked };
}

const device = (d_name: string, status: "online" | "offline") => ({
	d_name,
	status,
	mac_addr: `mac-${d_name}`,
});

describe("devices for a block", () => {
	test("come with those online first, by name", async () => {
		const data = [device("c", "offline"), device("b", "online"), device("a", "online")];
		const found = await candidatesFor(server({ [DEVICES]: { data } }).ask, PLACE);
		expect(found?.map(({ d_name }) => d_name)).toEqual(["a", "b", "c"]);
	});

	test("are not known while the server cannot be reached", async () => {
		expect(await candidatesFor(server({}).ask, PLACE)).toBeUndefined();
	});
});

describe("a new block", () => {
	const BIND = `POST api/v0/project/3/deviceobject/7/device/bind/mac-a`;
	const bind = (...data: ReturnType<typeof device>[]) => {
		const { ask, asked } = server({ [DEVICES]: { data }, [BIND]: { state: "ok" } });
		return bindOnlyCandidate(ask, PLACE).then((name) => ({ name, asked }));
	};

	test("gets the only device there is, if it is online", async () => {
		expect(await bind(device("a", "online"))).toEqual({ name: "a", asked: [DEVICES, BIND] });
	});

	test("gets none where there is a choice, none, or only one that is offline", async () => {
		const nothing = { name: undefined, asked: [DEVICES] };
		expect(await bind(device("a", "online"), device("b", "offline"))).toEqual(nothing);
		expect(await bind(device("a", "offline"))).toEqual(nothing);
		expect(await bind()).toEqual(nothing);
	});
});
