// The registry of devices with the built-in broker and a database of its own, which can be started again.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ANYONE } from "../../src/auth/principal.ts";
import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import type { Authority } from "../../src/broker/login.ts";
import type { SharedRegistry } from "../../src/csm/devices/device-records.ts";
import { Devices, type DevicesOptions } from "../../src/csm/devices/devices.ts";
import { SIGNAL_DEFAULTS, Signals } from "../../src/csm/devices/signals.ts";
import { CsmStore } from "../../src/csm/store/csm-store.ts";
import { CSM_SCHEMA } from "../../src/csm/store/schema.ts";
import { type Clock, systemClock } from "../../src/kit/clock.ts";
import { Store } from "../../src/store/store.ts";
import { brokerOptions, MemoryDisk, OPEN, openGate } from "./embedded.ts";
import { quietLog } from "./log.ts";

/** Lets everyone in and do everything; a client that gives a name is the device of that id. */
const BY_NAME: Authority = {
	...OPEN,
	login: async (name) => (name === "" ? ANYONE : { kind: "device", id: name, stamp: "" }),
};

const OPTIONS: DevicesOptions = {
	expirationSeconds: 259_200,
	maxDevices: 100,
	confirmSeconds: 150,
	restoredSeconds: 60,
	saveSeconds: 0.05,
};

/** The registry, running. */
export interface Registry {
	readonly devices: Devices;
	readonly signals: Signals;
	readonly csm: CsmStore;
	readonly broker: EmbeddedBroker;
	readonly mqtt: string;
	/** Messages of devices that have sent data. */
	readonly senders: Map<string, number>;
	stateOf(id: string): string | undefined;
	register(id: string): Promise<string>;
	/** Stops in the server's order and starts again with the same database, and perhaps with another clock. */
	restart(clock?: Clock): Promise<Registry>;
	/** Starts again with the files as they are now, as after a power cut. */
	crash(): Promise<Registry>;
	/** Whether the files say that a device is online. */
	isStoredOnline(id: string): Promise<boolean>;
	dispose(): Promise<void>;
}

/** @param shared Of a node of a cluster. */
export async function startRegistry(
	changes: Partial<DevicesOptions> = {},
	clock = systemClock,
	shared?: SharedRegistry,
): Promise<Registry> {
	// Getters stay what they are, as in the options of a server whose configuration is reloaded.
	const options = Object.defineProperties(
		{ ...OPTIONS },
		Object.getOwnPropertyDescriptors(changes),
	);
	return launch(mkdtempSync(join(tmpdir(), "iotctl-registry-")), options, clock, shared);
}

async function launch(
	userdir: string,
	options: DevicesOptions,
	clock: Clock,
	shared?: SharedRegistry,
): Promise<Registry> {
	const store = new Store({ userdir, url: "test.db" }, quietLog, [CSM_SCHEMA]);
	const csmStore = new CsmStore(store);
	const deps = { disk: new MemoryDisk(), authority: BY_NAME, gate: openGate, log: quietLog };
	const broker = new EmbeddedBroker(brokerOptions(), deps);
	const signals = new Signals(SIGNAL_DEFAULTS, broker, quietLog);
	const senders = new Map<string, number>();
	const devices = new Devices(options, {
		store: csmStore,
		broker,
		signals,
		senders: () => senders,
		...{ clock, shared },
		log: quietLog,
	});
	await devices.start();
	await broker.start();
	const stop = async () => {
		devices.finish();
		await broker.stop();
		await devices.stop();
		await store.close();
	};
	return {
		devices,
		signals,
		csm: csmStore,
		broker,
		mqtt: `mqtt://127.0.0.1:${broker.port}`,
		senders,
		stateOf: (id) => devices.list().find(({ record }) => record.id === id)?.presence,
		register: async (id) => {
			const registration = { name: "n", acceptProtos: ["mqtt"], profile: { model: "m" } };
			const login = () => ({ secretHash: null, token: null, origin: null });
			const lists = { idfList: null, odfList: null };
			return (await devices.register(id, { ...registration, ...lists }, login)).rev;
		},
		restart: async (next = clock) => {
			await stop();
			return launch(userdir, options, next, shared);
		},
		crash: async () => {
			const copy = mkdtempSync(join(tmpdir(), "iotctl-registry-"));
			cpSync(userdir, copy, { recursive: true });
			await stop();
			rmSync(userdir, { recursive: true });
			return launch(copy, options, clock, shared);
		},
		isStoredOnline: async (id) =>
			(await csmStore.rows.devices.all(() => {})).some(
				(device) => device.id === id && device.isOnline,
			),
		dispose: async () => {
			await stop();
			rmSync(userdir, { recursive: true });
		},
	};
}
