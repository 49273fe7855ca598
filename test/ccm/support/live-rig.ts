// A reconciler at a real CSM, over MQTT.
import { Reconciler } from "../../../src/ccm/reconciler/reconciler.ts";
import { DeviceDirectory, GraphClient } from "../../../src/csm-client/mod.ts";
import { type Clock, systemClock } from "../../../src/kit/mod.ts";
import { connectTo, LossyMqtt } from "../../csm-client/support/connection.ts";
import { quietLog } from "../../support/log.ts";
import { until, within } from "../../support/waiting.ts";

/** Pauses are a twentieth, so that tests need not wait. */
const clock: Clock = { ...systemClock, after: (ms, call) => systemClock.after(ms / 20, call) };

export class LiveRig {
	private constructor(
		readonly mqtt: LossyMqtt,
		readonly reconciler: Reconciler,
		/** Resolves with the next list of devices. */
		readonly resynced: () => Promise<void>,
		readonly end: () => Promise<void>,
	) {}

	/**
	 * @param url Of the broker.
	 * @param client Name at the APIs.
	 * @param update Tells the reconciler what is wanted, before it begins.
	 * @param timeoutMs Time an answer may take; long, since engines start slowly on a busy machine.
	 */
	static async start(
		url: string,
		client = "ccm",
		update: (reconciler: Reconciler, directory: DeviceDirectory) => unknown = () => {},
		timeoutMs = 30_000,
	): Promise<LiveRig> {
		const broker = await connectTo(url);
		const mqtt = new LossyMqtt(broker);
		const graphs = new GraphClient({ client, timeoutMs }, { mqtt, clock: systemClock });
		const directory = new DeviceDirectory({ client }, { mqtt, clock: systemClock, log: quietLog });
		const ask: ConstructorParameters<typeof Reconciler>[0]["ask"] = (graph, request) =>
			graphs.request(graph, request);
		const reconciler = new Reconciler({ ask, directory, clock, log: quietLog });
		await graphs.start();
		reconciler.start();
		await update(reconciler, directory);
		await directory.start();
		const resynced = async () => {
			const { promise, resolve } = Promise.withResolvers<void>();
			directory.onEvent(({ type }) => type === "resync" && resolve());
			await within(promise, "the list of devices");
		};
		return new LiveRig(mqtt, reconciler, resynced, async () => {
			reconciler.stop();
			graphs.stop();
			await reconciler.idle();
			await broker.stop();
		});
	}

	async settle(): Promise<void> {
		await until(() => this.reconciler.isSettled, "the graphs", {
			ms: 60_000,
			seen: () => JSON.stringify(this.mqtt.sent.slice(-5)),
		});
	}

	/** Operations on graphs since the last look, by name; without questions. */
	takeOps(): Record<string, number> {
		const ops: Record<string, number> = {};
		for (const { topic, json } of this.mqtt.takeSent()) {
			const op = String(json.op);
			if (topic.includes("/graph/") && op !== "get_graph") ops[op] = (ops[op] ?? 0) + 1;
		}
		return ops;
	}
}
