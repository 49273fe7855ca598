import { resolve } from "node:path";
import type { DevicesOptions, GraphApiOptions } from "../csm/mod.ts";
import type { DataPathOptions } from "../dataflow/mod.ts";
import type { Config } from "../settings/mod.ts";
import type { Values } from "./current-config.ts";

/** SDKs come back within seconds; the longest pause of MQTT.js and paho is two minutes. */
const CONFIRM_SECONDS = 150;
/** Clients that speak for a device that listens elsewhere do not come back; the listener does, at once. */
const RESTORED_SECONDS = 60;
/** A class of devices that comes or goes is one write. */
const PRESENCE_SAVE_SECONDS = 0.5;
const MEBIBYTE = 1 << 20;

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

export function graphOptions(current: Values): GraphApiOptions {
	return {
		get maxGraphs() {
			return current.values.esm["max-graphs"];
		},
		get maxSourceBytes() {
			return current.values.esm["max-source"];
		},
		get maxFunctions() {
			return current.values.esm["max-functions"];
		},
	};
}

export function dataPathOptions({ core, esm }: Config): DataPathOptions {
	return {
		engine: esm.engine,
		packagesDir: esm.packages === "" ? "" : resolve(core.userdir, esm.packages),
		callTimeoutMs: esm["call-timeout"],
		batchTimeoutMs: esm["batch-timeout"],
		maxResultBytes: esm["max-result"],
		maxPrintChars: esm["max-print"],
		recursionLimit: esm["recursion-limit"],
		maxMemoryBytes: esm["engine-memory"] * MEBIBYTE,
		queuePerLink: esm["queue-per-link"],
	};
}
