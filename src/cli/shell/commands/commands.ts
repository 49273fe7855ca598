import type { ShellCommand } from "../command.ts";
import { config } from "./config.ts";
import { db } from "./db.ts";
import { deregister } from "./deregister.ts";
import { device } from "./device.ts";
import { devices } from "./devices.ts";
import { functionCommand } from "./function.ts";
import { functions } from "./functions.ts";
import { graph } from "./graph.ts";
import { graphs } from "./graphs.ts";
import { help } from "./help.ts";
import { log } from "./log.ts";
import { publish } from "./publish.ts";
import { status } from "./status.ts";
import { watch } from "./watch.ts";

/** The commands of `iotctl shell`, in the order the help lists them. */
export const SHELL_COMMANDS: ReadonlyMap<string, ShellCommand> = new Map(
	[
		...[help, status, devices, device, deregister, graphs, graph, functions, functionCommand],
		...[publish, watch, log, config, db],
	].map((command) => [command.name, command]),
);
