import { expect, test } from "bun:test";
import { TestOutput } from "../../scripts/test-output.mjs";

const outputOf = (text: string) => {
	const output = new TestOutput();
	for (const line of text.split("\n")) output.take(line);
	return output;
};

test("verdicts are counted, and those of failed tests kept with file and error", () => {
	const output = outputOf(`bun test v1.4.5 (a7733435c)

test/a.test.ts:
(pass) group > one [0.09ms]
12 | 	test("two", () => {
13 | 		expect(1).toBe(2);
               ^
error: expect(received).toBe(expected)

Expected: 2
Received: 1

      at <anonymous> (test/a.test.ts:13:13)
(fail) group > two [1.20ms]
(skip) group > three

test/b.test.ts:
(fail) slow [100.12ms]
  ^ this test timed out after 100ms.
(pass) (skip) is not a verdict here

 2 pass
 1 skip
 2 fail
`);
	expect([output.passed, output.skipped]).toEqual([2, 1]);
	expect(output.failures).toEqual([
		{
			file: "test/a.test.ts",
			test: "group > two",
			error: [
				"error: expect(received).toBe(expected)",
				"Expected: 2",
				"Received: 1",
				"      at <anonymous> (test/a.test.ts:13:13)",
			],
		},
		{ file: "test/b.test.ts", test: "slow", error: [] },
	]);
});

test("what Bun repeats at the end of many tests counts once", () => {
	const output = outputOf(`
test/a.test.ts:
(skip) left out
error: bad
(fail) one [0.27ms]

test/b.test.ts:
(todo) later
(pass) two [0.01ms]

1 tests skipped:
(skip) left out


1 tests todo:
(todo) later


1 tests failed:
(fail) one [0.27ms]

 1 pass
 1 skip
 1 todo
 1 fail
`);
	expect([output.passed, output.skipped]).toEqual([1, 2]);
	expect(output.failures).toEqual([{ file: "test/a.test.ts", test: "one", error: ["error: bad"] }]);
});

test("a test that prints the same hides nothing in files behind it", () => {
	const output = outputOf(`
test/a.test.ts:
2 tests failed:

test/b.test.ts:
(fail) one [0.27ms]
`);
	expect(output.failures.map(({ test }) => test)).toEqual(["one"]);
});

test("hooks of a skipped group are not tests", () => {
	const output = outputOf(`
test/a.test.ts:
(skip) group > (unnamed)
(skip) group > one
(skip) group > (unnamed)
(fail) (unnamed) [0.26ms]
`);
	expect(output.skipped).toBe(1);
	expect(output.failures.map(({ test }) => test)).toEqual(["(unnamed)"]);
});

test("an error outside the tests is a failure of its file", () => {
	const { failures } = outputOf(`
test/b.test.ts:

# Unhandled error between tests
-------------------------------
error: Cannot find module './missing.ts' from 'test/b.test.ts'
-------------------------------

test/c.test.ts:
(pass) x [0.01ms]
`);
	expect(failures).toEqual([
		{
			file: "test/b.test.ts",
			test: "an error outside its tests",
			error: ["error: Cannot find module './missing.ts' from 'test/b.test.ts'"],
		},
	]);
});

test("colours are left out, and an error of any length becomes a few lines", () => {
	const { failures } = outputOf(
		`\u001b[1mtest/a.test.ts:\u001b[0m\nerror: long\n${"line\n".repeat(40)}\u001b[31m(fail)\u001b[0m x [1ms]`,
	);
	expect(failures.map(({ file, test }) => [file, test])).toEqual([["test/a.test.ts", "x"]]);
	expect(failures[0]?.error[0]).toBe("error: long");
	expect(failures[0]?.error.length).toBeLessThan(20);
});
