import { expect, test } from "bun:test";
import { CurrentRequests } from "../../../src/csm/graphs/current-requests.ts";

const answering = (mark: string) => ({
	request: {
		...{ key: "c/1", digest: "d" },
		handed: { mark, packetId: 1, isRepeated: false, lease: 1 },
	},
	stored: undefined,
});

test("the answer of a graph's request is stored while that is carried out, and not behind it", async () => {
	const requests = new CurrentRequests();
	const first = answering("1.1");
	const result = await requests.during("c/1", first, async () => {
		expect(requests.answer("c/2", { state: "ok" })).toBeUndefined();
		return requests.answer("c/1", { state: "ok" });
	});
	expect(result).toEqual({ to: first, reply: '{"state":"ok"}' });
	expect(requests.answer("c/1", {})).toBeUndefined();
	const failed = requests.during("c/1", answering("1.2"), () => Promise.reject(new Error("no")));
	await expect(failed).rejects.toThrow("no");
	expect(requests.answer("c/1", {})).toBeUndefined();
});

test("of what cannot come again nothing is stored", async () => {
	const requests = new CurrentRequests();
	const answer = () => requests.answer("c/1", { state: "ok" });
	expect(await requests.during("c/1", undefined, answer)).toBeUndefined();
});
