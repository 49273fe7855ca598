import { type Request, refuseOp } from "../contract/mod.ts";
import { ApiListener, type ApiListenerDeps, type Reply } from "./api-listener.ts";

export interface ClientApiDeps extends ApiListenerDeps {
	readonly graphs: { detachAll(client: string): Promise<void> };
	readonly deviceApi: { detach(client: string): Promise<void> };
}

/** Takes leave of a client: `detach` of all its graphs, or of all it uses (`csm.md §8`). */
export class ClientApi {
	readonly #listeners: ApiListener[];

	constructor({ graphs, deviceApi, ...deps }: ClientApiDeps) {
		const detachAll = async (client: string) => {
			await Promise.all([graphs.detachAll(client), deviceApi.detach(client)]);
		};
		this.#listeners = [
			new ApiListener(
				"+/graph",
				({ client }, request) => detach(request, () => graphs.detachAll(client)),
				deps,
			),
			new ApiListener("+", ({ client }, request) => detach(request, () => detachAll(client)), deps),
		];
	}

	async start(): Promise<void> {
		for (const listener of this.#listeners) await listener.start();
	}

	async stop(): Promise<void> {
		// Together: what comes for one while the other finishes its requests has to wait for the next start.
		await Promise.all(this.#listeners.map((listener) => listener.stop()));
	}
}

async function detach({ op }: Request, work: () => Promise<void>): Promise<Reply> {
	if (op !== "detach") refuseOp(op);
	await work();
	return { op, state: "ok" };
}
