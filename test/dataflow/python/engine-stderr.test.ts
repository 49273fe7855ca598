import { describe, expect, test } from "bun:test";
import { EngineProcess } from "../../../src/dataflow/python/engine-process.ts";
import { logStderr } from "../../../src/dataflow/python/engine-stderr.ts";
import { createLogger } from "../../../src/kit/log.ts";
import { Flow } from "../../support/flow.ts";
import { hasProgram } from "../../support/programs.ts";
import { startTarget } from "../../support/target.ts";
import { Inbox, until, within } from "../../support/waiting.ts";

describe("what an engine writes to its standard error", () => {
	test("of an engine that cannot start is in the log", async () => {
		const lines = new Inbox<string>();
		const log = createLogger({
			level: "info",
			format: "json",
			write: (line) => lines.add(line),
		});
		const exit = Promise.withResolvers<string>();
		new EngineProcess(
			{ argv: ["/bin/sh", "-c", "echo 'no such module: x' >&2; exit 3"], env: {} },
			{ onReply: () => {}, onExit: exit.resolve },
			log,
		);
		expect(await within(exit.promise, "its end")).toBe("exit code 3");
		const line = JSON.parse(await lines.take("the line"));
		expect(line).toMatchObject({ level: "warn", text: "no such module: x" });
	});

	test("is cut, limited and read to the end", async () => {
		const lines: string[] = [];
		const log = createLogger({ level: "info", format: "json", write: (line) => lines.push(line) });
		const flood = new Blob([`${"x".repeat(5000)}\n`, "more\n".repeat(10_000), "no end"]);
		await within(logStderr(flood.stream(), 7, log), "the end of the flood");
		expect(JSON.parse(lines[0] ?? "").text).toBe("x".repeat(500));
		// The log itself limits lines of a kind.
		expect(lines.length).toBeLessThan(100);
	});

	test.if(hasProgram("/usr/bin/python3"))(
		"of a function in the machine's python3 too",
		async () => {
			const target = await startTarget({ esm: { engine: "python3" } });
			const flow = await Flow.build(target, {
				idfs: [
					{ code: "import os\ndef run(x):\n    os.write(2, b'past print\\n')\n    return x\n" },
				],
				odfs: [{}],
			});
			await flow.expect([1], [1]);
			await until(() => target.log().includes("past print"), "the line in the log");
			await flow.device.client.end();
			await target.dispose();
		},
	);
});
