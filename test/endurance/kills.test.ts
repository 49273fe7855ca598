// kill -9 at random moments while data of QoS 1 goes through a graph on an external broker: whatever the broker was told to
// forget has a result, unless the server had said that it was at risk (csm.md §5.4).
// IOTCTL_KILLS sets how often (npm run test:kills: 20).
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Flow } from "../support/flow.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { hasProgram } from "../support/programs.ts";
import { RawClient } from "../support/raw-mqtt.ts";
import { startBinary, type Target } from "../support/target.ts";
import { ENDURANCE_MS, LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const KILLS = Number(process.env.IOTCTL_KILLS ?? 2);
const PER_SECOND = 3000;
const TICK_MS = 10;

/** Messages at a steady rate, whatever becomes of the server. */
class Source {
	sent = 0;
	readonly #client: RawClient;
	readonly #timer: Timer;

	constructor(client: RawClient, topic: string) {
		this.#client = client;
		const begun = performance.now();
		this.#timer = setInterval(() => {
			const due = Math.floor(((performance.now() - begun) * PER_SECOND) / 1000);
			for (; this.sent < due; this.sent++) client.publish(topic, String(this.sent), 1);
		}, TICK_MS);
	}

	/** Resolves when the broker has all of them. */
	async stop(): Promise<void> {
		clearInterval(this.#timer);
		await until(() => this.#client.inFlight === 0, "the broker to have everything", {
			ms: LONG_DEADLINE_MS,
		});
		this.#client.end();
	}
}

/** What a server has said to be at risk. */
function earlyIn(log: string): number {
	const said =
		/"messages":(\d+)[^\n]*acknowledged before|acknowledged before[^\n]*"messages":(\d+)/g;
	return [...log.matchAll(said)].reduce((sum, [, a, b]) => sum + Number(a ?? b), 0);
}

test.if(hasProgram("mosquitto"))(
	`after ${KILLS} kills at ${PER_SECOND} messages a second nothing that was acknowledged is missing`,
	async () => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-kills-"));
		const mosquitto = await Mosquitto.start(folder, "max_queued_messages 0\n");
		let target: Target = await startBinary({
			...mosquitto.ini,
			// What waits while the server starts is more than usual.
			esm: { "queue-per-link": 1_000_000 },
			log: { level: "debug", format: "json" },
		});
		const flow = await Flow.build(target, {
			idfs: [{ code: "def run(x): return int(x)\n" }],
			odfs: [{}],
		});
		const [input = "", output = ""] = [flow.idfTopics[0], flow.odfTopics[0]];
		await flow.expect(-1, [-1]);
		const got = new Set<number>();
		let results = 0;
		const sink = await RawClient.connect({
			...{ port: mosquitto.port, clientId: "sink" },
			onMessage: (payload) => {
				results += 1;
				got.add(Number(JSON.parse(payload.toString())[0]));
			},
		});
		await sink.subscribe(output, 1);
		const source = new Source(
			await RawClient.connect({ port: mosquitto.port, clientId: "source" }),
			input,
		);
		let atRisk = 0;
		for (let kill = 1; kill <= KILLS; kill++) {
			const before = got.size;
			await until(() => got.size > before + 100, `data to flow before kill ${kill}`, {
				ms: LONG_DEADLINE_MS,
			});
			// A random moment, on purpose.
			await Bun.sleep(Math.random() * 500);
			target.process?.kill("SIGKILL");
			await target.process?.exited;
			const killed = target;
			target = await target.restart();
			atRisk += earlyIn(killed.log());
		}
		await source.stop();
		const missing = () => source.sent - got.size;
		// A slow machine may need its time for what has gathered, but has to go on. What was sent last may overtake the rest:
		// mosquitto 2.0.11 sends at once what comes while there is room, whatever waits.
		while (!got.has(source.sent - 1) || missing() > atRisk) {
			const before = got.size;
			await until(() => got.size > before, "more results", {
				seen: () => `${missing()} of ${source.sent} are missing, ${atRisk} were at risk`,
			});
		}
		console.log(
			`${KILLS} kills: ${source.sent} messages, ${missing()} missing, ${atRisk} at risk, ${results - got.size} results twice`,
		);
		expect(target.log()).not.toContain("breaks the MQTT standard");
		sink.end();
		await flow.device.client.end();
		await target.dispose();
		await mosquitto.stop();
		rmSync(folder, { recursive: true });
	},
	ENDURANCE_MS,
);

/** More than results that may wait for the broker by `max-unsent`. */
const GATHERED = 30_000;

test.if(hasProgram("mosquitto")).each([1, 2] as const)(
	"what gathered at QoS %d while the server was away has a result",
	async (qos) => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-gathered-"));
		const mosquitto = await Mosquitto.start(folder, "max_queued_messages 0\n");
		const first = await startBinary({ ...mosquitto.ini, esm: { "queue-per-link": GATHERED } });
		const flow = await Flow.build(first, {
			idfs: [{ code: "def run(x): return int(x)\n" }],
			odfs: [{}],
		});
		const [input = "", output = ""] = [flow.idfTopics[0], flow.odfTopics[0]];
		await flow.expect(-1, [-1]);
		await flow.device.client.end();
		first.process?.kill("SIGKILL");
		await first.process?.exited;
		const got = new Set<number>();
		const sink = await RawClient.connect({
			...{ port: mosquitto.port, clientId: "sink" },
			onMessage: (payload) => got.add(Number(JSON.parse(payload.toString())[0])),
		});
		await sink.subscribe(output, qos);
		const source = await RawClient.connect({ port: mosquitto.port, clientId: "source" });
		// mosquitto 2.0.11 keeps no more than 20 of QoS 2 of one client in flight.
		const window = qos === 2 ? 20 : GATHERED;
		for (let n = 0; n < GATHERED; n++) {
			source.publish(input, String(n), qos);
			if (source.inFlight < window && n + 1 < GATHERED) continue;
			await until(() => source.inFlight === 0, "the broker to have it", { ms: LONG_DEADLINE_MS });
		}
		source.end();
		const second = await first.restart();
		await until(() => got.size === GATHERED, "all results", {
			...{ ms: 2 * LONG_DEADLINE_MS, seen: () => `${got.size} of ${GATHERED} are here` },
		});
		expect(second.log()).not.toContain("cannot publish data");
		sink.end();
		await second.dispose();
		await mosquitto.stop();
		rmSync(folder, { recursive: true });
	},
	ENDURANCE_MS,
);
