// What any client can cause in the log is bounded: how long a line is, and how many of a kind there are.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { body, call, TestDevice, TestGraph } from "../support/gateway.ts";
import { startTarget, type Target } from "../support/target.ts";

const MAX_BYTES = 8192;
const MOST_OF_A_KIND = 20;

describe.each(["json", "text"])("the log as %s", (format) => {
	let target: Target;
	beforeEach(async () => {
		target = await startTarget({ log: { level: "info", format } });
	});
	afterEach(() => target.dispose());

	const lines = () => target.log().trimEnd().split("\n");
	const count = (text: string) => lines().filter((line) => line.includes(text)).length;

	test("no line is over 8 KB, whatever a registration, a request or a client is called", async () => {
		const long = "\u009b\u202e漢".repeat(130_000);
		const names = [
			{ name: "x".repeat(900_000) },
			{ profile: { model: "m".repeat(900_000) } },
			{ profile: { model: long } },
			{ name: long },
		];
		for (const changes of names) {
			await call(target, "PUT", `/${randomUUID()}`, body(changes));
		}
		const { client } = await TestDevice.register(target);
		const graph = await TestGraph.open(client, "c".repeat(30_000), "g".repeat(30_000));
		await graph.call({ op: "o".repeat(500_000) });
		await graph.call({ op: [Array(5000).fill("o".repeat(50))] });
		await client.end();
		expect(lines().filter((line) => Buffer.byteLength(line) >= MAX_BYTES)).toEqual([]);
		expect(target.log()).toMatch(/cut_from/);
		if (format === "json") for (const line of lines()) JSON.parse(line);
		const { text } = await call(target, "GET", "/api/log");
		const kept = JSON.parse(text).map((event: unknown) => JSON.stringify(event));
		expect(kept.filter((line: string) => Buffer.byteLength(line) >= MAX_BYTES)).toEqual([]);
	});

	test("of a kind 20 are written in a minute, and the others counted", async () => {
		const device = await TestDevice.register(target);
		const graph = await TestGraph.open(device.client);
		for (let n = 0; n < 60; n++) {
			await call(target, "PUT", `/${randomUUID()}`, body());
			await graph.call({ op: "nonsense", n });
			await graph.call("no JSON");
		}
		await device.client.end();
		for (const kind of ["device register", "request refused", "request done"]) {
			expect([kind, count(kind)]).toEqual([kind, Math.min(count(kind), MOST_OF_A_KIND)]);
		}
		await target.stop();
		const said = lines().filter((line) => line.includes("further lines of this kind suppressed"));
		expect(said.length).toBeGreaterThan(1);
		expect(said.join("\n")).toMatch(/"of":"device register".*"times":\d{2}/);
	});
});
