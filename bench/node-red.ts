// Node-RED with the seed's flow on a mosquitto: MQTT in, a function, MQTT out. It is fetched when it is
// measured, since it is several times the size of everything else here.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { Mosquitto } from "../test/support/mosquitto.ts";
import { type Subject, TUNED } from "./servers.ts";

const VERSION = "4.1.2";
const HOME = join(import.meta.dir, ".node-red");
const STARTED = "Started flows";
const START_TIMEOUT_MS = 60_000;

/** Installs it beside the benchmark; false where that is not possible. */
export function fetchNodeRed(): boolean {
	if (existsSync(join(HOME, "node_modules/node-red/red.js"))) return true;
	const args = ["install", "--prefix", HOME, "--no-audit", "--no-fund", `node-red@${VERSION}`];
	return spawnSync("npm", args, { stdio: "inherit" }).status === 0;
}

/** @param qos Of what it hears and of what it publishes. */
export async function nodeRed(qos: 0 | 2): Promise<Subject> {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-node-red-"));
	const mosquitto = await Mosquitto.start(folder, TUNED);
	const broker = { id: "b", type: "mqtt-broker", broker: "127.0.0.1", port: mosquitto.port };
	const flow = [
		{ id: "t", type: "tab", label: "seed" },
		{ ...broker, protocolVersion: "4", keepalive: "60", cleansession: true },
		{
			id: "i",
			z: "t",
			type: "mqtt in",
			topic: "in",
			qos: String(qos),
			datatype: "utf8",
			broker: "b",
			wires: [["f"]],
		},
		{
			id: "f",
			z: "t",
			type: "function",
			func: "const x = Number.parseInt(msg.payload); msg.payload = JSON.stringify([x ** 2]); msg.topic = 'out'; return msg;",
			outputs: 1,
			wires: [["o"]],
		},
		{
			id: "o",
			z: "t",
			type: "mqtt out",
			topic: "out",
			qos: String(qos),
			retain: "",
			broker: "b",
			wires: [],
		},
	];
	writeFileSync(join(folder, "flows.json"), JSON.stringify(flow));
	writeFileSync(
		join(folder, "settings.js"),
		"module.exports = { httpAdminRoot: false, httpNodeRoot: false, flowFile: 'flows.json' };\n",
	);
	const process = await runNodeRed(folder);
	// The flow is started before its connection is.
	await Bun.sleep(2000);
	return {
		name: "Node-RED on mosquitto, seed flow",
		port: mosquitto.port,
		pairs: [{ to: "in", from: "out" }],
		pids: () => ({ "node-red": process.pid, mosquitto: mosquitto.pid }),
		stop: async () => {
			process.kill("SIGKILL");
			await process.exited;
			await mosquitto.stop();
			rmSync(folder, { recursive: true });
		},
	};
}

/** Starts it with the settings and flows of a folder; its owner ends it. */
export async function runNodeRed(folder: string): Promise<Subprocess> {
	const process = Bun.spawn(
		["node", join(HOME, "node_modules/node-red/red.js"), "--userDir", folder],
		{ stdout: "pipe", stderr: "ignore" },
	);
	try {
		await untilStarted(process.stdout);
	} catch (error) {
		process.kill("SIGKILL");
		throw error;
	}
	return process;
}

async function untilStarted(output: ReadableStream<Uint8Array>): Promise<void> {
	const reader = output.getReader();
	const deadline = Date.now() + START_TIMEOUT_MS;
	for (let text = ""; Date.now() < deadline; ) {
		const { value, done } = await reader.read();
		if (done) break;
		text += new TextDecoder().decode(value);
		if (text.includes(STARTED)) {
			// Read on, so that its log never blocks it.
			void (async () => {
				while (!(await reader.read()).done);
			})();
			return;
		}
	}
	throw new Error("Node-RED did not start");
}
