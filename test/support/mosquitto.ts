// Debian's mosquitto as the external broker of a test.
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { freePort, onFreePort } from "./ports.ts";
import { programPath } from "./programs.ts";
import { until } from "./waiting.ts";

const MOSQUITTO = programPath("mosquitto") ?? "mosquitto";

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
		return onFreePort(async (port) => {
			const mosquitto = await Mosquitto.#configured(port, folder, extra, tcp, bridge);
			await mosquitto.run();
			return mosquitto;
		});
	}

	static async #configured(
		port: number,
		folder: string,
		extra: string,
		tcp: string,
		bridge: string,
	): Promise<Mosquitto> {
		const wsPort = await freePort();
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
