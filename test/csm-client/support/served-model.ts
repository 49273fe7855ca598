// A CSM that behaves as csm.md says of the original, on a broker of its own.
import { CsmModel, type ModelOptions } from "../../ccm/support/csm-model.ts";
import { startBroker } from "../../support/embedded-broker.ts";
import { TestClient } from "../../support/mqtt.ts";

const PREFIX = "iottalk/api/req/";

export class ServedModel {
	readonly model: CsmModel;

	private constructor(
		readonly url: string,
		readonly client: TestClient,
		readonly end: () => Promise<void>,
		options: ModelOptions,
	) {
		this.model = new CsmModel(options);
		client.raw.on("message", (topic, payload) => {
			const [, , , name = "", service = "", graph] = topic.split("/");
			const request = JSON.parse(payload.toString());
			const reply =
				service === "graph" && graph !== undefined
					? this.model.handle(graph, request)
					: { ...request, state: "ok", da_list: this.devices };
			const answer = topic.replace(PREFIX, "iottalk/api/res/");
			if (reply !== undefined && name !== "") void client.publish(answer, reply);
		});
	}

	/** What `attach` of the device API answers. */
	devices: Record<string, unknown> = {};

	static async start(options: ModelOptions): Promise<ServedModel> {
		const { broker, url } = await startBroker();
		const client = await TestClient.connect(url);
		const end = async () => {
			await client.end();
			await broker.stop();
		};
		const served = new ServedModel(url, client, end, options);
		await client.subscribe(`${PREFIX}#`);
		return served;
	}
}
