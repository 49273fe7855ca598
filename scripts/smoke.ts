// Smoke test of a compiled executable: start, register, draw the seed's graph, see squares, stop.
// Usage: bun scripts/smoke.ts <executable> [qemu]
// With "qemu" the executable is for arm64 and runs under qemu-aarch64-static.
import {
	chmodSync,
	copyFileSync,
	existsSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import mqtt from "mqtt";
import { readArguments } from "./program-arguments.ts";

const QEMU = ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"];
const DEADLINE_MS = 60_000;
const CODES = ["def run(x): return int(x)\n", "def run(x): return x ** 2\n"];
const DIGESTS = [
	"f87d5c678bdd9e4b1b5f278c29cdf9a0fd01198060d8c6f3a34a6a05ae536e50",
	"70e3d32f1c6abde67d607e3ce77dc286ecf5d0f42fcd18e6336fac5e19a6e07c",
];

const { positionals } = readArguments(
	{
		usage: "bun scripts/smoke.ts [EXECUTABLE] [qemu]",
		about: `Starts an executable (dist/iotctl), and draws a graph on it.
qemu  the executable is for arm64, and runs under qemu-aarch64-static`,
		words: {
			are: "the path of an executable, then qemu",
			fits: (word) => word === "qemu" || existsSync(word),
			most: 2,
		},
	},
	{},
);
const [given = "dist/iotctl", emulated] = positionals;
const folder = mkdtempSync(join(tmpdir(), "iotctl-smoke-"));
const binary = join(folder, "iotctl");
copyFileSync(resolve(given), binary);
writeFileSync(
	join(folder, "smoke.ini"),
	`[core]\nuserdir = ${folder}\nhttp-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n[esm]\ncall-timeout = 20000\n`,
);

const begun = performance.now();
const since = () => `${Math.round(performance.now() - begun)} ms`;
const server = Bun.spawn(
	[...(emulated ? QEMU : []), binary, "-c", join(folder, "smoke.ini"), "start"],
	{ cwd: folder, env: { HOME: folder, PATH: process.env.PATH }, stdout: "pipe", stderr: "inherit" },
);
const guard = setTimeout(() => fail(`nothing more happened within ${DEADLINE_MS} ms`), DEADLINE_MS);
try {
	await run();
	console.log(`${given}: ok after ${since()}`);
} finally {
	clearTimeout(guard);
	server.kill("SIGKILL");
	rmSync(folder, { recursive: true, force: true });
}

async function run(): Promise<void> {
	const banner = await readBanner();
	const port = (scheme: string) => Number(new RegExp(`${scheme}://[^:]+:(\\d+)`).exec(banner)?.[1]);
	const id = crypto.randomUUID();
	const registered = await fetch(`http://127.0.0.1:${port("http")}/${id}`, {
		method: "PUT",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ accept_protos: ["mqtt"], profile: { model: "smoke" } }),
	});
	if (!registered.ok) throw new Error(`PUT answered ${registered.status}`);
	const { rev } = (await registered.json()) as { rev: string };
	console.log(`${given}: first HTTP 200 after ${since()}, ${memory()} resident`);
	if (emulated) wrapForChildren();

	const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port("mqtt")}`);
	const square = Promise.withResolvers<void>();
	const replies = Promise.withResolvers<void>();
	let answered = 0;
	client.on("message", (topic, payload) => {
		const message = JSON.parse(payload.toString());
		if (topic.startsWith("iottalk/api/res/")) {
			if (message.state !== "ok") replies.reject(new Error(payload.toString()));
			answered += 1;
			if (answered === 5) replies.resolve();
		} else if (message.odf) {
			client.subscribe(message.topic);
		} else if (message.idf) {
			void replies.promise.then(() => client.publish(message.topic, "42"));
		} else if (message[0] === 1764) square.resolve();
	});
	await client.subscribeAsync(["iottalk/api/res/smoke/graph/1", `${id}/ctrl/o`], { qos: 2 });
	await client.publishAsync(`${id}/ctrl/i`, JSON.stringify({ state: "online", rev }));
	for (const request of [
		{ op: "attach" },
		{ op: "add_funcs", codes: CODES, digests: DIGESTS },
		{ op: "add_link", da_id: id, odf: "meow", func: null },
		{ op: "add_link", da_id: id, idf: "meow", func: DIGESTS[0] },
		{ op: "set_join", prev: null, new: DIGESTS[1] },
	]) {
		await client.publishAsync("iottalk/api/req/smoke/graph/1", JSON.stringify(request), { qos: 2 });
	}
	await square.promise;
	console.log(`${given}: 42 came out as 1764 after ${since()}, server ${memory()} resident`);
	await client.endAsync();
	server.kill("SIGTERM");
	const code = await server.exited;
	if (code !== 0) throw new Error(`SIGTERM ended it with code ${code}`);
}

async function readBanner(): Promise<string> {
	let banner = "";
	for await (const chunk of server.stdout) {
		banner += new TextDecoder().decode(chunk);
		if (banner.includes("mosquitto_sub")) return banner;
	}
	throw new Error(`it ended with code ${await server.exited} before it listened`);
}

// Without the kernel's help an emulated program cannot start a copy of itself: from now on its own
// path leads through a script that calls the emulator again.
function wrapForChildren(): void {
	renameSync(binary, `${binary}.real`);
	writeFileSync(binary, `#!/bin/sh\nexec ${QEMU.join(" ")} ${binary}.real "$@"\n`);
	chmodSync(binary, 0o755);
}

function memory(): string {
	const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
	return `${Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024)} MB`;
}

function fail(reason: string): never {
	console.error(`${given}: ${reason}`);
	server.kill("SIGKILL");
	process.exit(1);
}
