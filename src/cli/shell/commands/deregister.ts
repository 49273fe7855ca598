import { CsmStore } from "../../../csm/mod.ts";
import { findRunning } from "../../../daemon/mod.ts";
import { ConfigError, createLogger, visible } from "../../../kit/mod.ts";
import { storeOptions } from "../../../servers/mod.ts";
import { openStore } from "../../../store/mod.ts";
import { fetchFrom } from "../../running.ts";
import type { ShellCommand, ShellContext } from "../command.ts";
import { deviceIds, devicesOf, find, server } from "../context.ts";

export const deregister: ShellCommand = {
	name: "deregister",
	usage: "ID",
	help: "deregister a device; its links stay",
	run: async (context, typed) => {
		const { config, print } = context;
		if (findRunning(config.core.userdir) !== undefined) return onServer(context, typed);
		await inDatabase(context, typed);
		print("deregistered in the database; no server is running");
	},
	choices: deviceIds,
};

async function onServer(context: ShellContext, typed: string): Promise<void> {
	const device = find("device ID", await devicesOf(context), ({ id }) => id, typed);
	const response = await fetchFrom(server(context), `/${device.id}`, {
		method: "DELETE",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ rev: device.rev }),
	});
	if (!response.ok) throw new ConfigError(`refused: ${await response.text()}`);
	context.print(`deregistered ${device.id} (${visible(device.name)})`);
}

async function inDatabase({ modules, config }: ShellContext, typed: string): Promise<void> {
	const store = await openStore(
		storeOptions(config),
		createLogger({ level: "warn", format: "text" }),
		await modules.schemas(),
	);
	try {
		const csm = new CsmStore(store);
		const known = await csm.rows.devices.all(() => {});
		const { id } = find("device ID", known, (device) => device.id, typed);
		await csm.write(({ devices }) => devices.remove(id));
	} finally {
		await store.close();
	}
}
