import { isControl } from "./control-channel.ts";
import type { ModelFeatures } from "./project-facts.ts";

export type Direction = "input" | "output";

/** Who may know which way a feature goes; the older protocol itself does not. */
export interface Sources {
	/** What the profile says, where it has lists of its own. */
	readonly profile: ModelFeatures;
	readonly model: ModelFeatures | undefined;
	/** Directions of the links a feature has. */
	readonly linked: (feature: string) => readonly Direction[];
	/** What the device did with it first. */
	readonly learned: ReadonlyMap<string, Direction>;
}

const INPUT_NAME = /([-_]I|IDF)\d*$/i;
const OUTPUT_NAME = /([-_]O|ODF)\d*$/i;

/** Which ways a feature goes, by the first that knows (`v1-http.md §7`, 5); empty: none does. */
export function directionsOf(feature: string, sources: Sources): readonly Direction[] {
	const { profile, model, linked, learned } = sources;
	const listed = inLists(feature, profile);
	if (listed.length > 0) return listed;
	const ofModel = model === undefined ? [] : inLists(feature, model);
	if (ofModel.length > 0) return ofModel;
	if (INPUT_NAME.test(feature)) return ["input"];
	if (OUTPUT_NAME.test(feature)) return ["output"];
	const links = linked(feature);
	if (links.length > 0) return links;
	const first = learned.get(feature);
	return first === undefined ? [] : [first];
}

/** Features as a registration lists them: one of unknown direction is in both lists. */
export interface FeatureLists {
	readonly idfList: readonly string[] | null;
	readonly odfList: readonly string[] | null;
	/** Those of unknown direction. */
	readonly unknown: ReadonlySet<string>;
}

export function listsOf(features: readonly string[], sources: Sources): FeatureLists {
	const names = [...new Set(features)].filter((feature) => !isControl(feature));
	const found = names.map((name) => [name, directionsOf(name, sources)] as const);
	const going = (direction: Direction) => {
		const list = found
			.filter(([, directions]) => directions.length === 0 || directions.includes(direction))
			.map(([name]) => name);
		return list.length === 0 ? null : list;
	};
	return {
		idfList: going("input"),
		odfList: going("output"),
		unknown: new Set(found.filter(([, directions]) => directions.length === 0).map(([n]) => n)),
	};
}

function inLists(feature: string, { inputs, outputs }: ModelFeatures): Direction[] {
	const found: Direction[] = [];
	if (inputs.includes(feature)) found.push("input");
	if (outputs.includes(feature)) found.push("output");
	return found;
}
