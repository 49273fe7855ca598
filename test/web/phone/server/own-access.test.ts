import { describe, expect, test } from "bun:test";
import { OWN_MODELS, type OwnModel } from "../../../../src/web/phone/own-models.ts";
import {
	type DeviceKeeper,
	type KeptDevice,
	OwnAccess,
} from "../../../../src/web/phone/server/own-access.ts";
import { type Asked, Asking } from "../support/asked.ts";

const basic = (id: string, password: string) => `Basic ${btoa(`${id}:${password}`)}`;

function open(answer: Asking["answer"], kept?: KeptDevice) {
	let now = kept;
	const keeper: DeviceKeeper = {
		read: () => now,
		write: (device) => {
			now = device;
		},
		clear: () => {
			now = undefined;
		},
	};
	let ids = 0;
	const asking = new Asking(answer);
	const model = OWN_MODELS.get("Bulb") as OwnModel;
	const access = new OwnAccess(model, { ask: asking.ask, keeper, newId: () => `new-${++ids}` });
	return { access, asking, kept: () => now };
}

const taken = ({ url }: Asked) => ({
	status: 200,
	body: { id: url.slice(3), name: "00.Bulb", rev: "r", password: `pw of ${url}` },
});

describe("a page that registers itself", () => {
	test("registers its features and keeps its login", async () => {
		const { access, asking, kept } = open(taken);
		expect(await access.open()).toMatchObject({
			...{ kind: "open", id: "new-1", name: "00.Bulb" },
			headers: { authorization: basic("new-1", "pw of ../new-1") },
			features: OWN_MODELS.get("Bulb")?.features ?? [],
		});
		expect(asking.asked).toEqual([
			{
				...{ method: "PUT", url: "../new-1", authorization: undefined },
				body: {
					accept_protos: ["http"],
					idf_list: null,
					odf_list: [
						["Color-O", [null, null, null]],
						["Luminance-O", [null]],
					],
					profile: { model: "Bulb" },
				},
			},
		]);
		expect(kept()).toEqual({ id: "new-1", password: "pw of ../new-1" });
	});

	test("is the same device at the next visit", async () => {
		const { access, asking, kept } = open(taken, { id: "old", password: "secret" });
		await access.open();
		expect(asking.asked.map(({ url, authorization }) => [url, authorization])).toEqual([
			["../old", basic("old", "secret")],
		]);
		expect(kept()).toEqual({ id: "old", password: "pw of ../old" });
	});

	test("is a new device where its login is unknown", async () => {
		const { access } = open((asked) => (asked.url === "../old" ? { status: 401 } : taken(asked)), {
			id: "old",
			password: "secret",
		});
		expect(await access.open()).toMatchObject({ kind: "open", id: "new-1" });
	});

	test("keeps its login through an outage", async () => {
		const { access, kept } = open(() => ({ status: 503 }), { id: "old", password: "secret" });
		expect(await access.open()).toMatchObject({ kind: "wait", state: "away" });
		expect(kept()?.id).toBe("old");
	});

	test("needs a token where logins are on, once", async () => {
		const { access, asking } = open((asked) => {
			const { authorization = "" } = asked;
			return authorization === "" ? { status: 401 } : taken(asked);
		});
		expect(await access.open()).toEqual({ kind: "stop", state: "login" });
		access.useToken("t0");
		expect(await access.open()).toMatchObject({ kind: "open", id: "new-2" });
		await access.open();
		expect(asking.asked.map(({ authorization }) => authorization)).toEqual([
			...[undefined, "Bearer t0", basic("new-2", "pw of ../new-2")],
		]);
	});

	test("says why the server does not take it", async () => {
		const { access } = open(() => ({ status: 400, body: { reason: "no" } }));
		expect(await access.open()).toEqual({ kind: "stop", state: "refused", reason: "no" });
		const bare = open(() => ({ status: 404 }));
		expect(await bare.access.open()).toMatchObject({ reason: "HTTP 404" });
	});

	test("deregisters and forgets itself", async () => {
		const { access, asking, kept } = open(taken);
		const opened = await access.open();
		if (opened.kind !== "open") throw new Error(opened.state);
		await access.leave(opened, "r7");
		expect(asking.asked.at(-1)).toEqual({
			...{ method: "DELETE", url: "../new-1", body: { rev: "r7" } },
			authorization: basic("new-1", "pw of ../new-1"),
		});
		expect(kept()).toBeUndefined();
	});

	test("a refusal is another tab, or the end of the registration", () => {
		const { access } = open(taken);
		expect([401, 403, 404, 410, 0].map((status) => access.afterRefusal(status).state)).toEqual([
			...(["elsewhere", "elsewhere", "removed", "removed", "removed"] as const),
		]);
	});
});
