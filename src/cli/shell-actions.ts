import { findRunning } from "../daemon/mod.ts";
import { ConfigError, createLogger, visible } from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";
import { Store } from "../store/mod.ts";
import { brokersOf } from "./mqtt-address.ts";
import { fetchFrom } from "./running.ts";
import { devicesOf, find, type ShellContext, server } from "./shell-context.ts";

/** `deregister ID`: on the server, or in the database when none runs. */
export async function deregister(context: ShellContext, typed: string): Promise<void> {
	const { config, print } = context;
	if (findRunning(config.core.userdir) === undefined) {
		await removeStored(config, typed);
		print("deregistered in the database; no server runs");
		return;
	}
	const device = find("device", await devicesOf(context), ({ id }) => id, typed);
	const response = await fetchFrom(server(context), `/${device.id}`, {
		method: "DELETE",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ rev: device.rev }),
	});
	if (!response.ok) throw new ConfigError(`refused: ${await response.text()}`);
	print(`deregistered ${device.id} (${visible(device.name)})`);
}

async function removeStored(config: Config, typed: string): Promise<void> {
	const { userdir } = config.core;
	const store = new Store(
		{ userdir, url: config["core-db"].url },
		createLogger({ level: "warn", format: "text" }),
	);
	try {
		const known = store.devices.all(() => {});
		const { id } = find("device", known, (device) => device.id, typed);
		await store.write(({ devices }) => devices.remove(id));
	} finally {
		await store.close();
	}
}

/** MQTT.js is loaded only by who publishes or watches. */
async function connect(context: ShellContext) {
	const { connectAsync } = await import("mqtt");
	let problem: unknown;
	for (const address of brokersOf(context.config, server(context))) {
		try {
			return await connectAsync({ ...address, reconnectPeriod: 0 });
		} catch (error) {
			problem = error;
		}
	}
	throw problem;
}

/** `publish TOPIC PAYLOAD`. */
export async function publish(context: ShellContext, rest: string): Promise<void> {
	const [, topic, payload] = /^(\S+)\s+(.+)$/s.exec(rest) ?? [];
	if (topic === undefined || payload === undefined) {
		throw new ConfigError("say a topic and a payload: publish iottalk/esm/… [1]");
	}
	const client = await connect(context);
	await client.publishAsync(topic, payload, { qos: 1 });
	await client.endAsync();
	context.print("published");
}

/** `watch TOPIC`: until Ctrl-C. */
export async function watch(context: ShellContext, filter: string): Promise<void> {
	if (filter === "") throw new ConfigError("say a topic: watch iottalk/esm/#");
	const client = await connect(context);
	client.on("message", (topic, payload) =>
		context.print(`${visible(topic)} ${visible(payload.toString())}`),
	);
	await client.subscribeAsync(filter);
	const closed = new Promise<void>((resolve) => client.once("close", resolve));
	await Promise.race([context.interrupted(), closed]);
	await client.endAsync(true);
}
