// A server with few file descriptors, and more connections than it has of them.
import { afterEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { Flow } from "../support/flow.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { startBinary, type Target } from "../support/target.ts";
import { until } from "../support/waiting.ts";

const FEW = 200;
const LOOK_MS = 2000;

let target: Target;
let sockets: Socket[] = [];
afterEach(async () => {
	leave();
	await target.dispose();
});

const pid = () => target.process?.pid ?? 0;
const logged = (what: string) => target.log().split(what).length - 1;

/** Opens connections and says the same thing on each; one that is refused or closed is left at that. */
function crowd(url: string, count: number, text: (n: number) => string | Buffer): void {
	const { port } = new URL(url);
	for (let n = 0; n < count; n++) {
		const socket = connect(Number(port), "127.0.0.1", () => socket.write(text(n)));
		socket.on("error", () => {});
		sockets.push(socket);
	}
}

function leave(): void {
	for (const socket of sockets) socket.destroy();
	sockets = [];
}

function hello(n: number): Buffer {
	const id = Buffer.from(String(10_000 + n));
	return Buffer.concat([Buffer.from([16, 17, 0, 4]), Buffer.from("MQTT\x04\x02\0\x3c\0\x05"), id]);
}

/** Share of a core the server takes. */
async function load(): Promise<number> {
	const ticks = () => {
		const fields = readFileSync(`/proc/${pid()}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
		return Number(fields[11]) + Number(fields[12]);
	};
	const before = ticks();
	const begun = performance.now();
	await Bun.sleep(LOOK_MS);
	return ((ticks() - before) * 10) / (performance.now() - begun);
}

const health = async () => (await fetch(`${target.http}/health`)).status;

describe.if(hasProgram("prlimit", "--version"))("few file descriptors", () => {
	test.each([
		["TCP", "mqtt" as const, hello],
		["WebSocket", "ws" as const, () => "GET"],
	])(
		"MQTT clients over %s get as many as the server itself does not need",
		async (_, kind, text) => {
			target = await startBinary({}, ["prlimit", `--nofile=${FEW}`]);
			crowd(target[kind], 2 * FEW, text);
			await until(() => target.log().includes("connection refused: max-clients"), "the refusal");
			expect(await health()).toBe(200);
			expect(await load()).toBeLessThan(0.5);
			const status = await (await fetch(`${target.http}/api/status`)).json();
			expect(JSON.stringify(status)).toContain(`room for ${FEW - 64} MQTT clients`);
		},
	);

	test("idle HTTP connections cost no processor time, and clients and functions go on", async () => {
		target = await startBinary({ log: { level: "info" } }, ["prlimit", `--nofile=${FEW}`]);
		const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		await flow.expect([1], [1]);
		crowd(target.http, 2 * FEW, () => "GET");
		await until(() => logged("out of file descriptors") > 0, "the log");
		expect(await load()).toBeLessThan(0.5);
		await flow.expect([2], [2]);
		await flow.setJoin("def run(x): return x + 1\n");
		await flow.expect([2], [3]);
		leave();
		await until(
			() =>
				health().then(
					(status) => status === 200,
					() => false,
				),
			"HTTP",
		);
		await (await TestClient.connect(target.mqtt)).end();
		expect(logged("out of file descriptors")).toBe(1);
	});

	test("an engine that finds no descriptor is started as soon as there is one", async () => {
		target = await startBinary();
		const code = "def run(x): return x + 1\n";
		const flow = await Flow.build(target, { idfs: [{ code }], odfs: [{}] });
		await flow.expect([1], [2]);
		const engine = Number(/engine[=":]+(\d+)/.exec(target.log())?.[1]);
		const limit = (most: number) =>
			Bun.spawnSync(["prlimit", "--pid", String(pid()), `--nofile=${most}:20000`]);
		// Nothing can be opened any more, while all that is open stays.
		limit(3);
		process.kill(engine, "SIGKILL");
		await until(() => target.log().includes("function engine cannot start"), "the log");
		limit(20_000);
		await flow.expect([2], [3]);
		await until(
			() =>
				health().then(
					(status) => status === 200,
					() => false,
				),
			"HTTP",
		);
	});
});
