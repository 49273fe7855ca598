import { resolve } from "node:path";
import type { Static } from "@sinclair/typebox";
import { sectionValues } from "../config/mod.ts";
import { HTTP_DEVICES } from "../csm/config.ts";
import type { DevicesOptions, GraphApiOptions, HttpDevicesOptions } from "../csm/mod.ts";
import { ESM } from "../dataflow/config.ts";
import { type DataPathOptions, processorLimit } from "../dataflow/mod.ts";
import type { Config } from "../settings/mod.ts";
import type { Values } from "./current-config.ts";
import { resultQosOf } from "./data-qos.ts";

/** SDKs come back within seconds; the longest pause of MQTT.js and paho is two minutes. */
const CONFIRM_SECONDS = 150;
/** Clients that speak for a device that listens elsewhere do not come back; the listener does, at once. */
const RESTORED_SECONDS = 60;
/** A class of devices that comes or goes is one write. */
const PRESENCE_SAVE_SECONDS = 0.5;
const MEBIBYTE = 1 << 20;

/** The values of `[esm]`. @throws InvariantError when the ini was read without csm. */
export function esmOf(config: Config): Static<typeof ESM.schema> {
	return sectionValues(config, ESM);
}

export function devicesOptions(current: Values): DevicesOptions {
	return {
		expirationSeconds: current.values.core["da-expiration"],
		confirmSeconds: CONFIRM_SECONDS,
		restoredSeconds: RESTORED_SECONDS,
		saveSeconds: PRESENCE_SAVE_SECONDS,
		get maxDevices() {
			return current.values.core["max-devices"];
		},
	};
}

export function httpDevicesOptions(current: Values): HttpDevicesOptions {
	return {
		get maxPerSecond() {
			return sectionValues(current.values, HTTP_DEVICES)["requests-per-second"];
		},
		maxUnreadBytes: sectionValues(current.values, HTTP_DEVICES)["max-unread"],
	};
}

export function graphOptions(current: Values): GraphApiOptions {
	return {
		get maxGraphs() {
			return esmOf(current.values)["max-graphs"];
		},
		get maxSourceBytes() {
			return esmOf(current.values)["max-source"];
		},
		get maxFunctions() {
			return esmOf(current.values)["max-functions"];
		},
	};
}

/**
 * How many engines there are is told by `enginesOf`.
 * @param processors That this process may use: who polls on the only one takes it from whom it waits for.
 */
export function dataPathOptions(
	config: Config,
	processors = processorLimit(),
): Omit<DataPathOptions, "engines"> {
	const { core } = config;
	const esm = esmOf(config);
	return {
		engine: esm.engine,
		packagesDir: esm.packages === "" ? "" : resolve(core.userdir, esm.packages),
		callTimeoutMs: esm["call-timeout"],
		batchTimeoutMs: esm["batch-timeout"],
		maxResultBytes: esm["max-result"],
		maxPrintChars: esm["max-print"],
		recursionLimit: esm["recursion-limit"],
		maxMemoryBytes: esm["engine-memory"] * MEBIBYTE,
		busyPoll: esm["busy-poll"] === "auto" && processors >= 2,
		queuePerLink: esm["queue-per-link"],
		dataQos: resultQosOf(config),
	};
}

/** What functions can do outside of the engine by the configuration; undefined when they are sandboxed. */
export function functionsCaution(config: Config): string | undefined {
	if (esmOf(config).engine === "embedded") return undefined;
	return "functions run as the server's user (engine = python3): they can read and change its database, read the local admin key, signal the server, open connections, and start programs that outlive it";
}
