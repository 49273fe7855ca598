import { Type } from "@sinclair/typebox";
import { ConfigError } from "../kit/mod.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { readUserdir } from "./read-config.ts";
import { askFor, fetchFrom, NotRunning, runningServer } from "./running.ts";

/** A start takes half a second, a few on a small machine. */
const READY_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 50;

const EngineStatus = Type.Object({
	engine: Type.Object({ state: Type.String(), pid: Type.Union([Type.Integer(), Type.Null()]) }),
	warnings: Type.Array(Type.String()),
});

/**
 * `iotctl engine restart`: done when the new engine is ready; nothing to do where no graph has needed one.
 * @throws NotRunning when there is no server; ConfigError when the engine does not come back.
 */
export async function restartEngine(options: GlobalOptions): Promise<void> {
	const info = runningServer(readUserdir(options));
	const { engine: before, warnings } = await askFor(info, "/api/status", EngineStatus);
	const response = await fetchFrom(info, "/api/engine/restart", { method: "POST" });
	if (!response.ok) throw new NotRunning(`process ${info.pid} does not support engine restart`, 4);
	if (before.state === "off" && !warnings.some((text) => text.includes("function engine"))) {
		print("no function engine is running; it starts with the first function\n");
		return;
	}
	const deadline = performance.now() + READY_TIMEOUT_MS;
	for (;;) {
		const { engine } = await askFor(info, "/api/status", EngineStatus);
		if (engine.state === "ready" && engine.pid !== before.pid) {
			print(`function engine restarted (pid ${engine.pid})\n`);
			return;
		}
		if (performance.now() > deadline) {
			throw new ConfigError("the function engine did not restart; see: iotctl status");
		}
		await Bun.sleep(LOOK_EVERY_MS);
	}
}
