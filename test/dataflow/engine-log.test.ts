import { expect, test } from "bun:test";
import { engineLog } from "../../src/dataflow/engine-log.ts";
import { listenedLog } from "../support/log.ts";

test("the number of an engine is on every line of its log", async () => {
	const { log, lines } = listenedLog();
	const own = engineLog(log.component("esm"), 2);
	own.debug("d");
	own.info("i", { ms: 5 });
	own.warn("w");
	own.error("e");
	own.component("other").audit("a", { who: "x" });
	const written = await Promise.all([1, 2, 3, 4, 5].map(() => lines.take("a line")));
	expect(written.map((line) => JSON.parse(line))).toMatchObject([
		{ msg: "d", number: 2 },
		{ msg: "i", number: 2, ms: 5 },
		{ msg: "w", number: 2 },
		{ msg: "e", number: 2 },
		{ msg: "a", number: 2, who: "x" },
	]);
});
