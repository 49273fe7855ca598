import { expect, test } from "bun:test";
import { StartTrouble } from "../../../src/dataflow/python/start-trouble.ts";
import { listenedLog } from "../../support/log.ts";

test("pauses between failed starts double up to a minute, and begin again after a good one", () => {
	const { log } = listenedLog();
	const trouble = new StartTrouble(log);
	const pauses = Array.from({ length: 8 }, () => trouble.failed("no memory").pauseMs / 1000);
	expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
	expect(trouble.problem).toBe("the function engine cannot start: no memory");
	trouble.over();
	expect(trouble.problem).toBeUndefined();
	expect(trouble.failed("no memory").pauseMs).toBe(1000);
});

test("the same reason is logged once, another one again", () => {
	const { log, lines } = listenedLog();
	const trouble = new StartTrouble(log);
	for (const reason of ["no memory", "no memory", "no file", "no file"]) trouble.failed(reason);
	expect(lines.waiting.map((line) => JSON.parse(line).reason)).toEqual(["no memory", "no file"]);
});
