import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import {
	DeviceView,
	FunctionInfoView,
	GraphView,
	LogLineView,
	StatusView,
} from "../../src/contract/views.ts";
import { Flow } from "../support/flow.ts";
import { call } from "../support/gateway.ts";
import { startTarget, type Target } from "../support/target.ts";

let target: Target;
let flow: Flow;
beforeAll(async () => {
	target = await startTarget();
	const code = "def run(x):\n    return 10 / x\n";
	flow = await Flow.build(target, { idfs: [{ code }], odfs: [{}] });
	await flow.expect([5], [2]);
	await flow.send([0]);
	await flow.expect([2], [5]);
});
afterAll(async () => {
	await flow.device.client.end();
	await target.dispose();
});

test.each<[string, TSchema]>([
	["status", StatusView],
	["devices", Type.Array(DeviceView, { minItems: 1 })],
	["graphs", Type.Array(GraphView, { minItems: 1 })],
	["functions", Type.Array(FunctionInfoView, { minItems: 1 })],
	["log", Type.Array(LogLineView, { minItems: 1 })],
])("/api/%s is as its schema says", async (name, schema) => {
	const shown: unknown = JSON.parse((await call(target, "GET", `/api/${name}`)).text);
	const [first] = [...Value.Errors(schema, shown)];
	expect([first?.path, first?.message]).toEqual([undefined, undefined]);
});
