// Debian's RabbitMQ as the external broker of a test: three nodes of one cluster, with sessions in quorum queues.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import type { TestBroker } from "./cluster-target.ts";
import { freePort } from "./ports.ts";
import { hasFile, hasProgram } from "./programs.ts";
import type { IniChanges } from "./target.ts";
import { LONG_DEADLINE_MS, until } from "./waiting.ts";

/** The one beside it in the PATH changes the user. */
const SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server";
export const BROKERS = 3;
/** Ten seconds on a machine that has nothing else to do. */
const START_MS = 4 * LONG_DEADLINE_MS;

/** Whether it is installed; the run says so at its end when it is not. */
export const hasRabbit = (): boolean =>
	hasProgram("rabbitmq-server") && hasFile(SERVER) && hasProgram("epmd");

interface RabbitNode {
	readonly name: string;
	readonly folder: string;
	/** Of MQTT. */
	readonly port: number;
	/** Between nodes. */
	readonly distPort: number;
	process: Subprocess | undefined;
}

export class RabbitCluster implements TestBroker {
	readonly #folder: string;
	readonly #epmd: Subprocess;
	readonly #epmdPort: number;
	readonly #nodes: readonly RabbitNode[];

	private constructor(made: {
		folder: string;
		epmd: Subprocess;
		epmdPort: number;
		nodes: readonly RabbitNode[];
	}) {
		this.#folder = made.folder;
		this.#epmd = made.epmd;
		this.#epmdPort = made.epmdPort;
		this.#nodes = made.nodes;
	}

	/** @param settings Lines for the configuration of each. */
	static async start(count = BROKERS, settings: readonly string[] = []): Promise<RabbitCluster> {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-rabbit-"));
		// Nodes that make one each do not understand each other.
		writeFileSync(join(folder, ".erlang.cookie"), crypto.randomUUID(), { mode: 0o400 });
		const epmdPort = await freePort();
		const epmd = Bun.spawn(["epmd", "-port", String(epmdPort), "-address", "127.0.0.1"], {
			stdio: ["ignore", "ignore", "ignore"],
		});
		const nodes: RabbitNode[] = [];
		for (let n = 1; n <= count; n++) {
			const ports = { port: await freePort(), distPort: await freePort() };
			const own = join(folder, `n${n}`);
			nodes.push({ name: `n${n}@localhost`, folder: own, ...ports, process: undefined });
		}
		const cluster = new RabbitCluster({ folder, epmd, epmdPort, nodes });
		for (const node of nodes) await cluster.#configure(node, settings);
		try {
			// The first one makes the cluster that the others join.
			await cluster.run(0);
			await Promise.all(nodes.slice(1).map((_, n) => cluster.run(n + 1)));
		} catch (error) {
			await cluster.stop();
			throw error;
		}
		return cluster;
	}

	get ports(): readonly number[] {
		return this.#nodes.map(({ port }) => port);
	}

	get ini(): IniChanges {
		return this.iniFrom(0);
	}

	/** As {@link ini}, with another node tried first. */
	iniFrom(first: number): IniChanges {
		const ports = this.ports.map((_, n) => this.ports[(first + n) % this.ports.length]);
		return {
			"core-mqtt": {
				...{ broker: "external", port: ports[0] ?? 0 },
				connect: ports.map((port) => `127.0.0.1:${port}`).join(", "),
			},
			// It has none; no one is told.
			"core-ws": { port: this.#nodes[0]?.distPort ?? 0 },
		};
	}

	/** Starts a node (again), and waits until it takes connections. */
	async run(which: number): Promise<void> {
		const node = this.#node(which);
		const child = Bun.spawn([SERVER], {
			cwd: this.#folder,
			env: { ...process.env, ...this.#environment(node) },
			stdio: ["ignore", Bun.file(join(node.folder, "out")), Bun.file(join(node.folder, "err"))],
		});
		node.process = child;
		await until(
			() => {
				if (child.exitCode === null) return takesConnections(node.port);
				throw new Error(`RabbitMQ ended with code ${child.exitCode}`);
			},
			`RabbitMQ ${node.name}`,
			{ ms: START_MS },
		);
	}

	/** Kills a node, whose process is gone when it resolves. */
	async kill(which: number): Promise<void> {
		const { process } = this.#node(which);
		process?.kill("SIGKILL");
		await process?.exited;
	}

	async stop(): Promise<void> {
		await Promise.all(this.#nodes.map((_, n) => this.kill(n)));
		this.#epmd.kill("SIGKILL");
		await this.#epmd.exited;
		rmSync(this.#folder, { recursive: true, force: true });
	}

	#node(which: number): RabbitNode {
		const node = this.#nodes[which];
		if (node === undefined) throw new Error(`there is no node ${which}`);
		return node;
	}

	async #configure({ folder, port }: RabbitNode, settings: readonly string[]): Promise<void> {
		mkdirSync(join(folder, "log"), { recursive: true });
		const peers = this.#nodes.map(
			({ name }, n) => `cluster_formation.classic_config.nodes.${n + 1} = ${name}`,
		);
		writeFileSync(
			join(folder, "rabbitmq.conf"),
			[
				"listeners.tcp = none",
				`mqtt.listeners.tcp.1 = 127.0.0.1:${port}`,
				"mqtt.allow_anonymous = true",
				"mqtt.default_user = guest",
				"mqtt.default_pass = guest",
				// As docs/cluster.md says.
				"mqtt.prefetch = 200",
				"mqtt.durable_queue_type = quorum",
				"cluster_partition_handling = pause_minority",
				"loopback_users = none",
				"cluster_formation.peer_discovery_backend = classic_config",
				...peers,
				...settings,
				"vm_memory_high_watermark.absolute = 600MB",
				"",
			].join("\n"),
		);
		writeFileSync(join(folder, "plugins"), "[rabbitmq_mqtt].\n");
	}

	#environment({ name, folder, distPort }: RabbitNode): Record<string, string> {
		return {
			HOME: this.#folder,
			RABBITMQ_NODENAME: name,
			RABBITMQ_DIST_PORT: String(distPort),
			RABBITMQ_BASE: folder,
			RABBITMQ_MNESIA_BASE: join(folder, "mnesia"),
			RABBITMQ_LOG_BASE: join(folder, "log"),
			RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
			RABBITMQ_CONF_ENV_FILE: join(folder, "no-environment"),
			RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "plugins"),
			RABBITMQ_PID_FILE: join(folder, "pid"),
			RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
				"+S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}",
			ERL_EPMD_PORT: String(this.#epmdPort),
			ERL_EPMD_ADDRESS: "127.0.0.1",
			// Its program is then the process that was started.
			RUNNING_UNDER_SYSTEMD: "true",
		};
	}
}

function takesConnections(port: number): Promise<boolean> {
	const { promise, resolve } = Promise.withResolvers<boolean>();
	const socket = connect(port, "127.0.0.1", () => resolve(true));
	socket.once("error", () => resolve(false));
	return promise.finally(() => socket.destroy());
}
