import { expect, test } from "bun:test";
import { FeatureTypes } from "../../../../src/web/editor/lanes/feature-types.ts";
import { server, settled } from "./answering.ts";

test("types of a feature are asked for once, and again after a failure", async () => {
	const data = { df_parameter: [{ param_type: "int" }, { param_type: "string" }] };
	const { ask, asked } = server(undefined, { data });
	const types = new FeatureTypes(ask);
	types.learn(7);
	types.learn(7);
	await settled();
	expect([asked.length, types.known.value.get(7)]).toEqual([1, undefined]);
	types.learn(7);
	await settled();
	types.learn(7);
	expect(asked).toEqual(["api/v0/devicefeature/7", "api/v0/devicefeature/7"]);
	expect(types.known.value.get(7)).toEqual(["int", "string"]);
});
