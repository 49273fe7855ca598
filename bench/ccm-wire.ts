import { TestClient } from "../test/support/mqtt.ts";
import { until } from "../test/support/waiting.ts";
import type { CcmSubject } from "./ccm-subjects.ts";

const QUIET_MS = 500;
const REQ = "iottalk/api/req/ccm/graph/";
const RES = "iottalk/api/res/ccm/graph/";

/** What is said between CCM and CSM about graphs. */
export class Wire {
	readonly client: TestClient;
	#operations = 0;
	#lastReplyAt = 0;
	#disconnects = 0;
	#waits: { readonly op: string; readonly resolve: () => void }[] = [];

	private constructor(client: TestClient) {
		this.client = client;
		client.raw.on("message", (topic, payload) => {
			client.inbox.clear();
			const message = JSON.parse(payload.toString());
			if (topic.endsWith("/ctrl/o")) {
				if (message.command === "DISCONNECT") this.#disconnects += 1;
			} else if (topic.startsWith(REQ)) {
				if (message.op !== "get_graph") this.#operations += 1;
			} else if (message.state === "ok") {
				this.#lastReplyAt = performance.now();
				for (const { op, resolve } of this.#waits) if (op === message.op) resolve();
				this.#waits = this.#waits.filter(({ op }) => op !== message.op);
			}
		});
	}

	static async tap(url: string): Promise<Wire> {
		const client = await TestClient.connect(url);
		const wire = new Wire(client);
		for (const filter of [`${REQ}+`, `${RES}+`, "+/ctrl/o"]) await client.subscribe(filter);
		return wire;
	}

	/** Operations and DISCONNECTs since the last look. */
	take(): { operations: number; disconnects: number } {
		const taken = { operations: this.#operations, disconnects: this.#disconnects };
		this.#operations = 0;
		this.#disconnects = 0;
		return taken;
	}

	/** Resolves when all is confirmed and nothing has been said for a while; with when the last reply came. */
	async quiet(subject: CcmSubject): Promise<number> {
		const begun = performance.now();
		await until(
			async () => {
				await subject.settle();
				return performance.now() - Math.max(begun, this.#lastReplyAt) > QUIET_MS;
			},
			"CSM to be quiet",
			{ ms: 600_000 },
		);
		return this.#lastReplyAt;
	}

	/** Resolves when CSM has carried out the next operation of a kind. */
	done(op: string): Promise<void> {
		return new Promise((resolve) => this.#waits.push({ op, resolve }));
	}
}
