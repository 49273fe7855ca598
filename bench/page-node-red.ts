// Node-RED's editor with a flow of the same size. It has no values on its wires: its function nodes show them as their
// status, which is the nearest it comes to.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../test/support/ports.ts";
import { runNodeRed } from "./node-red.ts";
import { BLOCKS, WIRES } from "./page-project.ts";

const CHAINS = WIRES / 2;
const COLUMN = 220;
const ROW = 45;

export interface NodeRedEditor {
	readonly url: string;
	readonly pid: number;
	stop(): Promise<void>;
}

/** Starts it with 200 nodes and 130 wires; each chain begins ten times a second. */
export async function nodeRedEditor(): Promise<NodeRedEditor> {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-node-red-page-"));
	const port = await freePort();
	const settings = {
		uiHost: "127.0.0.1",
		uiPort: port,
		flowFile: "flows.json",
		editorTheme: { tours: false },
		telemetry: { enabled: false, updateNotification: false },
	};
	writeFileSync(join(folder, "flows.json"), JSON.stringify(flow()));
	writeFileSync(join(folder, "settings.js"), `module.exports = ${JSON.stringify(settings)};\n`);
	const process = await runNodeRed(folder);
	return {
		url: `http://127.0.0.1:${port}/`,
		pid: process.pid,
		stop: async () => {
			process.kill("SIGKILL");
			await process.exited;
			rmSync(folder, { recursive: true });
		},
	};
}

function flow(): object[] {
	const at = (column: number, n: number) => ({ x: 120 + column * COLUMN, y: 40 + n * ROW, z: "t" });
	const chains = Array.from({ length: CHAINS }, (_, n) => [
		{
			...{ id: `i${n}`, type: "inject", ...at(0, n), repeat: "0.1", topic: "" },
			...{ payload: "", payloadType: "date", wires: [[`f${n}`]] },
		},
		{
			...{ id: `f${n}`, type: "function", ...at(1, n), outputs: 1, wires: [[`d${n}`]] },
			func: "msg.payload = Math.round(50 + 40 * Math.sin(msg.payload / 700)); node.status({ text: msg.payload }); return msg;",
		},
		{ id: `d${n}`, type: "debug", ...at(2, n), active: false, wires: [] },
	]);
	const rest = Array.from({ length: BLOCKS - 3 * CHAINS }, (_, n) => ({
		...{ id: `c${n}`, type: "comment", ...at(3, n), name: `block ${n}`, wires: [] },
	}));
	return [{ id: "t", type: "tab", label: "page" }, ...chains.flat(), ...rest];
}
