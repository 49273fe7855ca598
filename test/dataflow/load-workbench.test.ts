import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { loadWorkbench } from "../../src/dataflow/load-workbench.ts";
import { quietLog } from "../support/log.ts";
import { WORKBENCH_OPTIONS } from "./workbench/real-workbench.ts";

const ENTRY = join(import.meta.dir, "../../src/dataflow/mod.ts");

/** Source files of the workbench that a process has in memory after some code. */
function loadedBy(code: string): string[] {
	const print = `${code};console.log(JSON.stringify(Object.keys(require.cache)))`;
	const { stdout } = Bun.spawnSync([process.execPath, "-e", print]);
	const paths: string[] = JSON.parse(stdout.toString());
	return paths.filter((path) => path.includes("/dataflow/workbench/"));
}

describe("the workbench", () => {
	test("is loaded when it is asked for", async () => {
		const Workbench = await loadWorkbench();
		const workbench = new Workbench(WORKBENCH_OPTIONS, quietLog);
		expect(workbench.stats.state).toBe("off");
		await workbench.stop();
	});

	test("is not in the memory of a server of devices and graphs", () => {
		expect(loadedBy(`await import("${ENTRY}")`)).toEqual([]);
		const asked = `await (await import("${ENTRY}")).loadWorkbench()`;
		expect(loadedBy(asked)).not.toEqual([]);
	});
});
