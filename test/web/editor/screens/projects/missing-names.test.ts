import { expect, test } from "bun:test";
import { missingNames } from "../../../../../src/web/editor/screens/projects/missing-names.ts";

test("names that an imported file needs are told apart by what they are", () => {
	const missing = [
		'Device Model "My "Model""',
		'Device Feature "Temp-I" of "Sensor"',
		'Function "larger than"',
		"Something new",
	];
	expect(missingNames({ missing })).toEqual([
		{ kind: "model", name: 'My "Model"' },
		{ kind: "feature", name: "Temp-I", of: "Sensor" },
		{ kind: "function", name: "larger than" },
		{ kind: "other", name: "Something new" },
	]);
	expect(missingNames({ reason: "x" })).toEqual([]);
});
