import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { untilAskedToStop } from "../../daemon/mod.ts";
import { ConfigError, createLogger, digestOfSource } from "../../kit/mod.ts";
import { type ModuleList, Server } from "../../servers/mod.ts";
import { advise } from "../advice.ts";
import { print } from "../output.ts";
import { DemoClient } from "./client.ts";

const EVERY_MS = 1000;
/** Of a start, on a small machine. */
const READY_TIMEOUT_MS = 60_000;
const FAHRENHEIT = "def run(celsius):\n    return round(celsius * 9 / 5 + 32, 1)\n";

/**
 * `iotctl demo`: a server, a simulated thermometer, a Python function and a display, until Ctrl-C. It has a directory of its
 * own and free ports of this machine, and nothing of it stays.
 * @throws ConfigError when the server cannot start.
 */
export async function demo(modules: ModuleList): Promise<void> {
	const asked = untilAskedToEnd();
	process.umask(0o077);
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-demo-"));
	const remove = () => rmSync(userdir, { recursive: true, force: true });
	// A second Ctrl-C ends the process at once.
	process.on("exit", remove);
	const config = configIn(modules, userdir);
	const server = new Server(
		config,
		createLogger({ level: "error", format: "text" }),
		await modules.load(["csm"], config),
	);
	const starting = server.start();
	// Whatever is asked meanwhile, it is not stopped half started.
	const started = starting.then(
		() => {},
		() => {},
	);
	try {
		await Promise.race([starting.then(() => show(server, asked)), asked]);
	} finally {
		await started;
		await server.stop();
		remove();
	}
	print("\nThe demo has ended, and nothing of it is left.\n");
	process.exit(Number(process.exitCode ?? 0));
}

/** Also when the terminal is closed, or nothing reads what is printed any more. */
function untilAskedToEnd(): Promise<unknown> {
	const closed = new Promise<void>((resolve) => {
		process.on("SIGHUP", () => resolve());
		process.stdout.on("error", () => resolve());
	});
	return Promise.race([untilAskedToStop(), closed]);
}

/** All defaults, but for a directory of its own and ports that are free. */
function configIn({ ini }: ModuleList, userdir: string) {
	const config = ini.defaults();
	return {
		...config,
		core: { ...config.core, userdir, bind: "127.0.0.1", "http-port": 0 },
		"core-mqtt": { ...config["core-mqtt"], port: 0 },
		"core-ws": { ...config["core-ws"], port: 0 },
	};
}

/** Connects devices and graph; values are printed from then on, until the end is asked for. */
async function show(server: Server, asked: Promise<unknown>): Promise<void> {
	const { http, mqtt } = server.localAddresses;
	const { hostname: host, port } = new URL(mqtt);
	const { connectAsync } = await import("mqtt");
	const client = new DemoClient(
		http,
		await connectAsync({ protocol: "mqtt", host, port: Number(port), reconnectPeriod: 0 }),
	);
	print(introduction(http));
	const thermometer = await client.device({
		name: "thermometer",
		idf_list: [["Celsius-I", ["°C"]]],
	});
	const display = await client.device({ name: "display", odf_list: [["Fahrenheit-O", ["°F"]]] });
	const func = digestOfSource(FAHRENHEIT);
	await client.graph("weather", [
		{ op: "attach" },
		{ op: "add_funcs", codes: [FAHRENHEIT], digests: [func] },
		{ op: "add_link", da_id: thermometer.id, idf: "Celsius-I", func },
		{ op: "add_link", da_id: display.id, odf: "Fahrenheit-O", func: null },
	]);
	const [from, to] = await withTimeout(Promise.all([thermometer.topic, display.topic]));
	await send(client, from, to);
	await asked;
	await client.end();
}

/** The display prints what it gets for what the thermometer sent last. */
async function send(client: DemoClient, from: string, to: string): Promise<void> {
	let sent = 0;
	let second = 0;
	await client.read(to, (payload) => {
		const [fahrenheit] = JSON.parse(payload) as unknown[];
		print(
			`  thermometer  ${sent.toFixed(1)} °C  →  fahrenheit  →  display  ${Number(fahrenheit).toFixed(1)} °F\n`,
		);
	});
	const measure = () => {
		sent = Math.round((21 + 4 * Math.sin(second / 4)) * 10) / 10;
		second += 1;
		client.send(from, [sent]);
	};
	measure();
	setInterval(measure, EVERY_MS).unref();
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
	const late = Promise.withResolvers<never>();
	const timer = setTimeout(
		() => late.reject(new ConfigError("the demo's devices were not connected in time")),
		READY_TIMEOUT_MS,
	);
	try {
		return await Promise.race([work, late.promise]);
	} finally {
		clearTimeout(timer);
	}
}

function introduction(http: string): string {
	const code = FAHRENHEIT.trimEnd().replaceAll("\n", "\n    ");
	const next = advise("iotctl start", undefined);
	return `A simulated thermometer sends a temperature each second. A graph passes it through a Python function to a display:

    ${code}

Watch it in a browser: ${http}/    Ctrl-C ends the demo, and nothing of it stays.
Next: ${next} runs a server of your own, for your devices.

`;
}
