import { expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { Completions, completions } from "../../../src/dataflow/workbench/completions.ts";

test("an editor is offered the names of Python and of common modules, with signatures", () => {
	const offered = completions();
	expect(Value.Check(Completions, offered)).toBe(true);
	const { builtins, modules } = offered;
	expect(builtins).toContainEqual({
		name: "sorted",
		kind: "function",
		signature: "(iterable, /, *, key=None, reverse=False)",
	});
	expect(modules.math).toContainEqual({ name: "pi", kind: "value" });
	for (const [module, name] of [
		["json", "loads"],
		["collections.abc", "Mapping"],
		["urllib.parse", "quote"],
		["statistics", "mean"],
	] as const) {
		expect(modules[module]?.map((one) => one.name)).toContain(name);
	}
});

test("no name is private, and no signature holds an address", () => {
	const { builtins, modules } = completions();
	const all = [builtins, ...Object.values(modules)].flat();
	expect(all.filter(({ name }) => name.startsWith("_"))).toEqual([]);
	expect(all.filter(({ signature }) => /0x[0-9a-f]{4}/.test(signature ?? ""))).toEqual([]);
});
