import { Type } from "@sinclair/typebox";
import type { RunInfo } from "../daemon/mod.ts";
import { ConfigError } from "../kit/mod.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { readUserdir } from "./read-config.ts";
import { askFor, fetchFrom, NotRunning, runningServer } from "./running.ts";

/** A start takes half a second, a few on a small machine. */
const READY_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 50;

const One = { state: Type.String(), pid: Type.Union([Type.Integer(), Type.Null()]) };
const EngineStatus = Type.Object({
	engine: Type.Object(One),
	/** A server of an earlier version has one, and does not tell of several. */
	engines: Type.Optional(Type.Array(Type.Object({ ...One, number: Type.Integer() }))),
	warnings: Type.Array(Type.String()),
});

interface OneEngine {
	readonly number: number;
	readonly state: string;
	readonly pid: number | null;
}

/**
 * `iotctl engine restart [N]`: done when the new engines are ready; nothing to do where no graph has needed one.
 * @param number Of one engine; all when absent.
 * @throws NotRunning when there is no server; ConfigError when it has no such engine; ConfigError when an engine does not
 * come back.
 */
export async function restartEngine(options: GlobalOptions, number?: number): Promise<void> {
	const info = runningServer(readUserdir(options));
	const { warnings, engines: before } = await enginesOf(info);
	if (number !== undefined && number > before.length) {
		const found = before.length === 1 ? "is one engine" : `are ${before.length} engines`;
		throw new ConfigError(`there is no engine ${number}: there ${found} (engines in [esm])`);
	}
	const path = number === undefined ? "/api/engine/restart" : `/api/engines/${number}/restart`;
	const response = await fetchFrom(info, path, { method: "POST" });
	if (!response.ok) throw new NotRunning(`process ${info.pid} does not support engine restart`, 4);
	const asked = before.filter((engine) => number === undefined || engine.number === number);
	const isTrouble = warnings.some((text) => text.includes("function engine"));
	const expected = isTrouble ? asked : asked.filter(({ state }) => state !== "off");
	if (expected.length === 0) {
		print(
			number === undefined
				? "no function engine is running; it starts with the first function\n"
				: `function engine ${number} is not running; it starts with the first function in it\n`,
		);
		return;
	}
	const deadline = performance.now() + READY_TIMEOUT_MS;
	for (;;) {
		const { engines } = await enginesOf(info);
		const renewed = engines.filter((engine) => isRenewed(engine, expected));
		// Of those that could not be started only some may be needed.
		if (renewed.length === expected.length || (isTrouble && renewed.length > 0)) {
			print(restarted(renewed, before.length));
			return;
		}
		if (performance.now() > deadline) {
			throw new ConfigError("the function engine did not restart; see: iotctl status");
		}
		await Bun.sleep(LOOK_EVERY_MS);
	}
}

async function enginesOf(info: RunInfo): Promise<{ warnings: string[]; engines: OneEngine[] }> {
	const { engine, engines, warnings } = await askFor(info, "/api/status", EngineStatus);
	return { warnings, engines: engines ?? [{ ...engine, number: 1 }] };
}

function isRenewed({ number, state, pid }: OneEngine, before: readonly OneEngine[]): boolean {
	const former = before.find((engine) => engine.number === number);
	return former !== undefined && state === "ready" && pid !== former.pid;
}

function restarted(engines: readonly OneEngine[], all: number): string {
	const name = ({ number }: OneEngine) => (all === 1 ? "" : ` ${number}`);
	return engines.map((one) => `function engine${name(one)} restarted (pid ${one.pid})\n`).join("");
}
