import { randomUUID } from "node:crypto";
import { body, JSON_TYPE } from "../test/support/gateway.ts";
import { until } from "../test/support/waiting.ts";
import type { CcmSubject, Json } from "./ccm-subjects.ts";

/** The catalog's ids by names. */
export class Catalog {
	readonly #models = new Map<string, { dm_id: number; df: Map<string, number> }>();

	constructor(readonly subject: CcmSubject) {}

	async #model(name: string) {
		const known = this.#models.get(name);
		if (known !== undefined) return known;
		const { data } = await this.subject.ask("GET", `/devicemodel/${name}`);
		const { dm_id, df_list } = data as {
			dm_id: number;
			df_list: { df_id: number; df_name: string }[];
		};
		const model = { dm_id, df: new Map(df_list.map(({ df_id, df_name }) => [df_name, df_id])) };
		this.#models.set(name, model);
		return model;
	}

	/** Adds a block to a project, bound to a device. */
	async block(pId: number, name: string, features: readonly string[], mac: string): Promise<void> {
		const { dm_id, df } = await this.#model(name);
		const object = { dm_id, df: features.map((feature) => df.get(feature)) };
		const path = `/project/${pId}/deviceobject`;
		const { do_id } = await this.subject.ask("PUT", path, object);
		await eventually(() => this.subject.ask("POST", `${path}/${do_id}/device/bind/${mac}`, {}));
	}

	async project(p_name: string): Promise<number> {
		return Number((await this.subject.ask("PUT", "/project", { p_name })).p_id);
	}

	/** Ids of a project's feature objects: inputs, then outputs. */
	async ports(pId: number): Promise<{ inputs: number[]; outputs: number[] }> {
		const { data } = await this.subject.ask("GET", `/project/${pId}`);
		const { ido, odo } = data as Record<"ido" | "odo", { dfo: { dfo_id: number }[] }[]>;
		const ids = (objects: typeof ido) =>
			objects.flatMap(({ dfo }) => dfo.map(({ dfo_id }) => dfo_id));
		return { inputs: ids(ido), outputs: ids(odo) };
	}
}

/** Registers a device. @returns its id. */
export async function register({ http }: CcmSubject, model: string, lists: Json): Promise<string> {
	const id = randomUUID();
	const payload = JSON.stringify(body({ name: null, profile: { model }, ...lists }));
	await fetch(`${http}/${id}`, { method: "PUT", headers: JSON_TYPE, body: payload });
	return id;
}

/** Its features are inputs. */
export const input = (...features: string[]) => ({
	idf_list: features.map((name) => [name, [null]]),
	odf_list: null,
});
/** Its features are outputs. */
export const output = (...features: string[]) => ({
	odf_list: features.map((name) => [name, [null]]),
	idf_list: null,
});

/** Retries until CCM has heard of a device. */
async function eventually(work: () => Promise<unknown>): Promise<void> {
	await until(
		() =>
			work().then(
				() => true,
				() => false,
			),
		"a device to be known",
		{ ms: 60_000 },
	);
}
