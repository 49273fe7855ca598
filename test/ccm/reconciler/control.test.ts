import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { DeviceRegister } from "../../../src/ccm/devices/device-register.ts";
import { Control } from "../../../src/ccm/reconciler/control.ts";
import { ProjectDriver } from "../../../src/ccm/reconciler/project-driver.ts";
import { Reconciler } from "../../../src/ccm/reconciler/reconciler.ts";
import type { CcmStore, CcmTables } from "../../../src/ccm/store/port.ts";
import { DeviceDirectory, GraphClient } from "../../../src/csm-client/mod.ts";
import { StorageError, systemClock } from "../../../src/kit/mod.ts";
import { connectTo, LossyMqtt } from "../../csm-client/support/connection.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { startTarget, type Target } from "../../support/target.ts";
import { until } from "../../support/waiting.ts";
import { MemoryStore } from "../support/memory-store.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget();
});
afterAll(() => target.dispose());

/** A store whose disk may be away. */
class AwayStore implements CcmStore {
	readonly #store = new MemoryStore();
	isAway = false;
	reads = 0;

	async read<T>(work: (tables: CcmTables) => Promise<T>): Promise<T> {
		this.reads += 1;
		if (this.isAway) throw new StorageError("the disk is away");
		return this.#store.read(work);
	}

	write<T>(work: (tables: CcmTables) => Promise<T>): Promise<T> {
		return this.#store.write(work);
	}
}

async function open() {
	const store = new AwayStore();
	const clock = new ManualClock();
	const broker = await connectTo(target.mqtt);
	const mqtt = new LossyMqtt(broker);
	const name = crypto.randomUUID();
	const log = quietLog;
	const client = new GraphClient({ client: name }, { mqtt, clock: systemClock });
	const directory = new DeviceDirectory({ client: name }, { mqtt, clock: systemClock, log });
	const ask: ConstructorParameters<typeof Reconciler>[0]["ask"] = (graph, request) =>
		client.request(graph, request);
	const reconciler = new Reconciler({ ask, directory, clock: systemClock, log });
	const driver = new ProjectDriver({ store, reconciler, clock: systemClock, log });
	const register = new DeviceRegister({
		...{ store, clock: systemClock, log },
		personNamed: async () => undefined,
		onChanged: (pId) => driver.changed(pId),
	});
	const control = new Control({
		...{ register, reconciler, driver, directory, client, clock, log },
	});
	return { store, clock, mqtt, control, directory, reconciler, broker };
}

describe("what drives a CSM", () => {
	test("asks for devices only when it knows its projects, again and again until it does", async () => {
		const { store, clock, mqtt, control, reconciler, broker } = await open();
		store.isAway = true;
		await control.listen();
		control.begin();
		await until(() => control.problem !== undefined, "the problem");
		expect(control.problem).toBe("cannot load projects: the disk is away");
		expect(mqtt.sent).toEqual([]);
		clock.move(1000);
		await until(() => store.reads === 2, "the second attempt");
		store.isAway = false;
		clock.move(2000);
		await until(() => reconciler.isSettled, "the first list");
		expect(control.problem).toBeUndefined();
		await control.stop();
		await broker.stop();
	});

	test("leaves CSM when it stops, and asks nothing more", async () => {
		const { store, clock, mqtt, control, reconciler, broker } = await open();
		await control.listen();
		control.begin();
		await until(() => reconciler.isSettled, "the first list");
		await control.stop();
		expect(mqtt.sent.map(({ json }) => json.op)).toEqual(["attach", "detach"]);
		const { reads } = store;
		clock.move(60_000);
		mqtt.reconnect();
		expect([mqtt.sent.length, store.reads]).toEqual([2, reads]);
		await broker.stop();
	});
});
