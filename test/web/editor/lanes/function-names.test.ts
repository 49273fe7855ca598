import { expect, test } from "bun:test";
import { FunctionNames } from "../../../../src/web/editor/lanes/function-names.ts";
import { server, settled } from "./answering.ts";

test("a function's name is asked for once, and again after a failure", async () => {
	const { ask, asked } = server(undefined, { data: { name: "average" } });
	const names = new FunctionNames(ask);
	expect(names.of(3).value).toBe("");
	await settled();
	const name = names.of(3);
	await settled();
	expect(name.value).toBe("average");
	expect(names.of(3)).toBe(name);
	expect(asked).toHaveLength(2);
});
