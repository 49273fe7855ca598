import { describe, expect, test } from "bun:test";
import { heldBack } from "../../scripts/held-back.ts";

// The texts are put together, so that this file does not look like one that holds tests back.
const TEST = "test";
const [IF, SKIP, HAS, WHICH, EXISTS] = ["if", "skipIf", "hasProgram", "Bun.which", "existsSync"];

describe("a test is held back", () => {
	test.each([
		[`${TEST}.only("x", run)`, ".only"],
		[`describe${".only"}("x", run)`, ".only"],
		[`${TEST}.only.each([1])("x", run)`, ".only"],
		[`${TEST}.each([1]).only("x", run)`, ".only"],
		[`${TEST}.concurrent.only("x", run)`, ".only"],
		[`${TEST}\n\t.only("x", run)`, ".only"],
		[`${TEST}["only"]("x", run)`, '["only"]'],
		[`${TEST}.skip("x", run)`, ".skip"],
		[`it${".todo"}("x")`, ".todo"],
		[`${TEST}.failing("x", run)`, ".failing"],
		[`${TEST}.todoIf(isSlow)("x", run)`, ".todoIf"],
		[`x${TEST}("x", run)`, "xtest"],
		[`f${"it"}("x", run)`, "fit"],
		[`x${"describe"}.each([1])("x", run)`, "xdescribe"],
		[`${TEST}.${SKIP}(true)("x", run)`, `.${SKIP}(true)`],
		[`${TEST}.${SKIP}( !false )("x", run)`, `.${SKIP}(!false)`],
		[`${TEST}.${SKIP}(1 < 2)("x", run)`, `.${SKIP}(1 < 2)`],
		[`describe.${IF}(false)("x", run)`, `.${IF}(false)`],
		[`${TEST}.${IF}((1 > 2) || "")("x", run)`, `.${IF}((1 > 2) || "")`],
		[`const isSlow = true;\n${TEST}.${SKIP}(isSlow)("x", run)`, `.${SKIP}(isSlow)`],
		[`const isFast: boolean = false;\n${TEST}.${IF}(isFast)("x", run)`, `.${IF}(isFast)`],
		[`${TEST}("x", () => { if (!${HAS}("a")) return; })`, `if (!${HAS}("a"))`],
		[`${TEST}("x", () => { if (${WHICH}(a) === null) return; })`, `if (${WHICH}(a) === null)`],
		[`${TEST}("x", () => { if (${EXISTS}("/a")) return; })`, `if (${EXISTS}("/a"))`],
		[`const hasA =\n\t${HAS}("a");\nif (hasA) ${TEST}("x", run)`, "if (hasA)"],
		[
			`${TEST}.each(["a"].filter((name) => ${HAS}(name)))("x", run)`,
			`.filter((name) => ${HAS}(name))`,
		],
	])("by %s", (text, how) => {
		expect(heldBack(text)).toBe(how);
	});

	test.each([
		[`test("x", run)`],
		[`test.each([1])("only %i", run)`],
		[`describe.if(hasProgram("mosquitto"))("x", run)`],
		[`test.skipIf(process.platform === "win32")("x", run)`],
		[`const ready = hasProgram("mosquitto");\ndescribe.if(ready)("x", run)`],
		[`test.if(!isRoot("give files"))("x", run)`],
		[`if (existsSync(path)) rmSync(path);`],
		[`expect(fit(unit)).toBe(true)`],
		[`const ready = hasProgram("a");\nstep.if(ready)("x", () => { if (isReady) return; })`],
	])("not by %s", (text) => {
		expect(heldBack(text)).toBeUndefined();
	});
});
