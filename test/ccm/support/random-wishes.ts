// Any change of a project there is, at random.
import type { Join, Port, ProjectDocument } from "../../../src/contract/mod.ts";
import type { Wish } from "./edit-effects.ts";
import type { Random } from "./random.ts";

/** Models of the default data, with what blocks of them show. */
export const MODELS: Readonly<Record<string, readonly string[]>> = {
	Dummy_Device: ["DummySensor-I", "DummyControl-O"],
	Smartphone: ["Acceleration-I", "Microphone-I", "Display-O"],
	Bulb: ["Color-O", "Luminance-O"],
};
const MAX_JOINS = 6;
/** In sources no Python takes. */
const NO_PYTHON = "def run(*args) return";

/** Whether a function's source, or a helper's, is one that no Python takes. */
export function isBroken({ sources }: { readonly sources: ReadonlyMap<string, string> }): boolean {
	return [...sources.values()].some((code) => code.startsWith(NO_PYTHON));
}

type Input = Wish["input"];
type Wanted = readonly [string, Input];

export class RandomWishes {
	readonly #random: Random;
	/** Devices CSM has, by UUID. */
	readonly #devices: () => readonly string[];
	/** Ids of models by their name. */
	readonly models = new Map<string, number>();
	readonly functions: number[] = [];

	constructor(random: Random, devices: () => readonly string[]) {
		this.#random = random;
		this.#devices = devices;
	}

	/** An operation and its input; undefined: nothing this time. */
	wish(project: ProjectDocument): Wanted | undefined {
		const random = this.#random;
		const kind = random.below(100);
		const { p_id } = project;
		const join = random.pick(project.joins);
		const block = random.pick(project.blocks);
		if (kind < 16) return this.#newJoin(project);
		if (kind < 34) return this.#binding(project);
		if (kind < 42) return ["update_function", { fn_id: this.#fn(), code: this.source() }];
		if (kind < 45) return ["update_project", { p_id, status: random.chance(75) ? "on" : "off" }];
		if (kind < 48) {
			const df = Object.values(MODELS).flat();
			const own = block && MODELS[block.dm_name];
			const some = (own ?? df).filter(() => random.chance(80));
			return ["update_device_object", { do_id: block?.do_id, df: some }];
		}
		if (kind < 49) return ["delete_device_object", { do_id: block?.do_id }];
		if (kind < 51) return ["create_device_object", this.#newBlock(p_id)];
		if (join === undefined) return this.#newJoin(project);
		const { na_id } = join;
		if (kind < 55) return ["delete_na", { na_id }];
		if (kind < 68) return this.#newLink(project, join);
		if (kind < 77) return ["delete_link", { na_id, dfo_id: random.pick(join.links)?.dfo_id }];
		if (kind < 87) return ["update_na", { na_id, multiplejoin_fn_id: this.#fnOrNone() }];
		return this.#changedLink(join);
	}

	#newJoin({ p_id, blocks, joins }: ProjectDocument): Wanted | undefined {
		const free = [...Array(MAX_JOINS).keys()].find((idx) =>
			joins.every(({ na_idx }) => na_idx !== idx),
		);
		const ports = this.#random.shuffled(blocks.flatMap((block) => block.ports));
		const some = (type: Port["df_type"], most: number) =>
			ports.filter(({ df_type }) => df_type === type).slice(0, 1 + this.#random.below(most));
		if (free === undefined) return undefined;
		const dfo_ids = [...some("input", 3), ...some("output", 2)].map(({ dfo_id }) => dfo_id);
		return ["create_na", { p_id, na_name: `Join ${free}`, na_idx: free, dfo_ids }];
	}

	#newLink({ blocks }: ProjectDocument, { na_id, links }: Join): Wanted {
		const ports = blocks.flatMap((block) => block.ports);
		const free = ports.filter((port) => links.every(({ dfo_id }) => dfo_id !== port.dfo_id));
		return ["create_link", { na_id, dfo_id: this.#random.pick(free)?.dfo_id }];
	}

	#changedLink({ na_id, links }: Join): Wanted {
		const random = this.#random;
		const { dfo_id, params = [] } = random.pick(links) ?? {};
		const dfmp_list = params.map((_, param_i) => ({
			param_i,
			fn_id: this.#fnOrNone(),
			idf_type: random.chance(30) ? "variant" : "sample",
			normalization: random.chance(30),
			min: 0,
			max: random.below(3),
		}));
		return ["update_na", { na_id, dfm_list: [{ dfo_id, dfmp_list }] }];
	}

	#binding({ blocks }: ProjectDocument): Wanted {
		const do_id = this.#random.pick(blocks)?.do_id;
		if (this.#random.chance(20)) return ["unbind_device", { do_id }];
		return ["bind_device", { do_id, d_id: this.#random.pick(this.#devices()) ?? "none" }];
	}

	#newBlock(p_id: number): Input {
		const name = this.#random.pick(Object.keys(MODELS)) ?? "Bulb";
		return { p_id, dm_id: this.models.get(name), df: MODELS[name] };
	}

	#fn(): number | undefined {
		return this.#random.pick(this.functions);
	}

	#fnOrNone(): number | null {
		return this.#random.chance(50) ? null : (this.#fn() ?? null);
	}

	/** A function, or what is none. */
	source(): string {
		const value = this.#random.below(1000);
		if (this.#random.chance(15)) return `${NO_PYTHON} ${value}\n`;
		return `def run(*args):\n    return ${value}\n`;
	}
}
