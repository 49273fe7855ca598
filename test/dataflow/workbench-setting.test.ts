import { expect, test } from "bun:test";
import { hasWorkbench } from "../../src/dataflow/workbench-setting.ts";

test("auto is on with 1 GB of memory or more, and where that is not known", () => {
	const of = (setting: "auto" | "on" | "off") =>
		[1e9 - 1, 1e9, undefined].map((memory) => hasWorkbench(setting, memory));
	expect([of("auto"), of("on"), of("off")]).toEqual([
		[false, true, true],
		[true, true, true],
		[false, false, false],
	]);
});
