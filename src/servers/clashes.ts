import { InvariantError, type Metric } from "../kit/mod.ts";
import type { ServerModule } from "./module.ts";

/** Under this name the store notes the version of its own tables. */
const STORE = "store";

/** @throws InvariantError when two modules have one name, or keep their tables under one; it names them. */
export function refuseTwins(modules: readonly Pick<ServerModule, "name" | "schema">[]): void {
	const names = modules.map(({ name }) => name);
	const twin = names.find((name, n) => names.indexOf(name) !== n);
	if (twin !== undefined) throw new InvariantError(`two modules are called "${twin}"`);
	const owners = new Map([[STORE, STORE]]);
	for (const { name, schema } of modules) {
		if (schema === undefined) continue;
		const other = owners.get(schema.module);
		if (other !== undefined) {
			throw new InvariantError(
				`modules "${other}" and "${name}" both have tables under the name "${schema.module}"`,
			);
		}
		owners.set(schema.module, name);
	}
}

/** The metrics of a module. */
export interface MetricTable {
	readonly module: string;
	readonly metrics: readonly Metric[];
}

/** @throws InvariantError when two metrics have one name: a reader could not tell them apart. It names both modules. */
export function refuseMetricTwins(tables: readonly MetricTable[]): void {
	const owners = new Map<string, string>();
	for (const { module, metrics } of tables) {
		for (const { name } of metrics) {
			const other = owners.get(name);
			if (other !== undefined) {
				throw new InvariantError(`modules "${other}" and "${module}" both have the metric ${name}`);
			}
			owners.set(name, module);
		}
	}
}
