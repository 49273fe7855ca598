import type { CcmStore } from "../ccm/mod.ts";
import type { ProjectFacts } from "../csm/mod.ts";
import { Offer } from "./offer.ts";

/** What is known of projects, where they are managed in the same process. */
export const PROJECT_FACTS = new Offer<ProjectFacts>();

/** What the store of projects tells of models and aliases. */
export function projectFactsOf(store: Pick<CcmStore, "read">): ProjectFacts {
	return {
		featuresOf: (dm_name) =>
			store.read(async ({ models, features }) => {
				const [model] = await models.list({ dm_name });
				if (model === undefined) return undefined;
				const found = await Promise.all(model.members.map(({ df_id }) => features.get(df_id)));
				const going = (type: "input" | "output") =>
					found.flatMap((one) => (one?.df_type === type ? [one.df_name] : []));
				return { inputs: going("input"), outputs: going("output") };
			}),
		aliasOf: (daId, feature) =>
			store.read(async ({ projects }) => {
				for (const id of await projects.mentioning({ kind: "mac", ref: daId })) {
					const { blocks = [] } = (await projects.find(id)) ?? {};
					const port = blocks
						.filter(({ bindings }) => bindings.some(({ mac_addr }) => mac_addr === daId))
						.flatMap(({ ports }) => ports)
						.find(({ df_name }) => df_name === feature);
					if (port !== undefined) return port.alias_name;
				}
				return undefined;
			}),
	};
}
