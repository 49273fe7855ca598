// Debian's mosquitto as the external broker of a test.
import { writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { programPath } from "./programs.ts";
import { until } from "./waiting.ts";

const MOSQUITTO = programPath("mosquitto") ?? "mosquitto";

/**
 * Below what the kernel gives to servers on port 0: those of other tests cannot take it in between. Above 10080, which
 * browsers refuse to open.
 */
const FIRST_PORT = 10_100;
const PORTS = 20_000;
/** How often other ports are tried. */
const ATTEMPTS = 3;

/** A mosquitto on free ports, TCP and WebSocket, open to everyone on this machine. */
export class Mosquitto {
	#process: Subprocess | undefined;

	private constructor(
		readonly port: number,
		readonly wsPort: number,
		readonly config: string,
	) {}

	/**
	 * @param extra Lines for its configuration.
	 * @param tcp Lines for its TCP listener.
	 * @param bridge Lines of a connection to another broker.
	 */
	static async start(folder: string, extra = "", tcp = "", bridge = ""): Promise<Mosquitto> {
		for (let attempt = 1; ; attempt++) {
			const mosquitto = await Mosquitto.#configured(folder, extra, tcp, bridge);
			try {
				await mosquitto.run();
				return mosquitto;
			} catch (error) {
				// Another process may have taken a port in between.
				if (attempt === ATTEMPTS) throw error;
			}
		}
	}

	static async #configured(
		folder: string,
		extra: string,
		tcp: string,
		bridge: string,
	): Promise<Mosquitto> {
		const [port, wsPort] = [await freePort(), await freePort()];
		const config = join(folder, "mosquitto.conf");
		// A listener's own files and logins are read by the user that starts it.
		const own = tcp === "" ? "" : "per_listener_settings true\nuser root\n";
		const open = tcp === "" ? "allow_anonymous true\n" : "";
		const keeps = extra.includes("persistence ") ? "" : "persistence false\n";
		writeFileSync(
			config,
			`${own}${open}${keeps}set_tcp_nodelay true\n${extra}listener ${port} 127.0.0.1\n${tcp}listener ${wsPort} 127.0.0.1\nprotocol websockets\n${bridge}`,
		);
		return new Mosquitto(port, wsPort, config);
	}

	get pid(): number {
		return this.#process?.pid ?? 0;
	}

	/** Where MQTT is, as a list of one. */
	get ports(): readonly number[] {
		return [this.port];
	}

	/** What the server's ini has to say to use it. */
	get ini() {
		return {
			"core-mqtt": { broker: "external", port: this.port },
			"core-ws": { port: this.wsPort },
		};
	}

	/** Starts the process (again) and waits until it takes connections. @throws Error when it ends at once. */
	async run(): Promise<void> {
		const child = Bun.spawn([MOSQUITTO, "-c", this.config], {
			stdout: "ignore",
			stderr: "ignore",
		});
		this.#process = child;
		const end = child.exited.then((code) => {
			throw new Error(`mosquitto ended with code ${code}`);
		});
		await Promise.race([this.#untilItListens(), end]);
	}

	signal(signal: NodeJS.Signals): void {
		this.#process?.kill(signal);
	}

	/** @param signal SIGTERM: it stores its sessions, where it keeps any. */
	async stop(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
		this.#process?.kill(signal);
		await this.#process?.exited;
	}

	async #untilItListens(): Promise<void> {
		await until(async () => {
			const { promise, resolve } = Promise.withResolvers<boolean>();
			const socket = connect(this.port, "127.0.0.1", () => resolve(true));
			socket.once("error", () => resolve(false));
			const listens = await promise;
			socket.destroy();
			return listens;
		}, "mosquitto");
	}
}

/** Starts a server on a free port, on others where it fails: someone else may have taken the port in between. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await start(await freePort());
		} catch (error) {
			if (attempt === ATTEMPTS) throw error;
		}
	}
}

/** A port on which no one listens, below those the system gives to servers on port 0. */
export async function freePort(): Promise<number> {
	for (;;) {
		const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
		const server = createServer().listen(port, "127.0.0.1");
		const isFree = await new Promise<boolean>((resolve) => {
			server.once("listening", () => resolve(true));
			server.once("error", () => resolve(false));
		});
		if (!isFree) continue;
		await new Promise((resolve) => server.close(resolve));
		return port;
	}
}
