// Two teachers who edit their projects, and one they share, through CCM's service: any change there is, at random.

import { Refusal } from "../../../src/ccm/projects/refusal.ts";
import type { Person } from "../../../src/ccm/service/operation.ts";
import type { Join, Port, ProjectDocument } from "../../../src/contract/mod.ts";
import { type Office, OTHER, TEACHER } from "./office.ts";
import type { Random } from "./random.ts";

/** Models of the default data, with what blocks of them show. */
export const MODELS: Readonly<Record<string, readonly string[]>> = {
	Dummy_Device: ["DummySensor-I", "DummyControl-O"],
	Smartphone: ["Acceleration-I", "Microphone-I", "Display-O"],
	Bulb: ["Color-O", "Luminance-O"],
};
const FUNCTIONS = 6;
const MAX_JOINS = 6;
/** In sources no Python takes. */
const NO_PYTHON = "def run(*args) return";

/** Whether a function's source, or a helper's, is one that no Python takes. */
export function isBroken({ sources }: { readonly sources: ReadonlyMap<string, string> }): boolean {
	return [...sources.values()].some((code) => code.startsWith(NO_PYTHON));
}

type Input = Readonly<Record<string, unknown>>;

export class PeopleEdits {
	readonly #office: Office;
	readonly #random: Random;
	/** Devices CSM has, by UUID. */
	readonly #devices: () => readonly string[];
	#functions: number[] = [];
	#projects: { readonly p_id: number; readonly people: readonly Person[] }[] = [];
	/** Changes that were carried out, and those that were refused. */
	readonly count = { done: 0, refused: 0 };

	constructor(office: Office, random: Random, devices: () => readonly string[]) {
		this.#office = office;
		this.#random = random;
		this.#devices = devices;
	}

	get projects(): readonly number[] {
		return this.#projects.map(({ p_id }) => p_id);
	}

	/** A project of each, and one of the first that both edit; each with a block of every model. */
	async prepare(): Promise<void> {
		for (const [p_name, owner, ...others] of [
			["ann's", TEACHER],
			["bob's", OTHER],
			["both", TEACHER, OTHER],
		] as const) {
			const { p_id } = await this.#make(owner, "create_project", { p_name });
			for (const { u_id } of others) {
				await this.#make(owner, "share_project", { p_id, u_id, may: "edit" });
			}
			this.#projects.push({ p_id: Number(p_id), people: [owner, ...others] });
			for (const name of [...Object.keys(MODELS), "Smartphone"]) await this.#addBlock(p_id, name);
			await this.#make(owner, "update_project", { p_id, status: "on" });
		}
		for (let number = 0; number < FUNCTIONS; number++) {
			const owner = number % 2 === 0 ? TEACHER : OTHER;
			const fn_name = ["dim it", "函數"][number] ?? `f${number}`;
			const made = await this.#make(owner, "create_function", { fn_name, code: this.#source() });
			this.#functions.push(Number(made.fn_id));
		}
	}

	/** One change by one of them; it may be refused. */
	async edit(): Promise<void> {
		const chosen = this.#random.pick(this.#projects);
		const person = this.#random.pick(chosen?.people ?? []);
		if (chosen === undefined || person === undefined) return;
		const project = await this.document(chosen.p_id);
		const wish = project && this.#wish(project);
		if (wish === undefined) return;
		try {
			await this.#office.service.call(wish[0], person, wish[1]);
			this.count.done += 1;
		} catch (error) {
			// What the other one took away meanwhile is not there.
			if (!(error instanceof Refusal)) throw error;
			this.count.refused += 1;
		}
	}

	document(pId: number): Promise<ProjectDocument | undefined> {
		return this.#office.store.read(({ projects }) => projects.get(pId));
	}

	#wish(project: ProjectDocument): readonly [string, Input] | undefined {
		const random = this.#random;
		const kind = random.below(100);
		const { p_id } = project;
		const join = random.pick(project.joins);
		const block = random.pick(project.blocks);
		if (kind < 16) return this.#newJoin(project);
		if (kind < 34) return this.#binding(project);
		if (kind < 42) return ["update_function", { fn_id: this.#fn(), code: this.#source() }];
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

	#newJoin({ p_id, blocks, joins }: ProjectDocument): readonly [string, Input] | undefined {
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

	#newLink({ blocks }: ProjectDocument, { na_id, links }: Join): readonly [string, Input] {
		const ports = blocks.flatMap((block) => block.ports);
		const free = ports.filter((port) => links.every(({ dfo_id }) => dfo_id !== port.dfo_id));
		return ["create_link", { na_id, dfo_id: this.#random.pick(free)?.dfo_id }];
	}

	#changedLink({ na_id, links }: Join): readonly [string, Input] {
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

	#binding({ blocks }: ProjectDocument): readonly [string, Input] {
		const do_id = this.#random.pick(blocks)?.do_id;
		if (this.#random.chance(20)) return ["unbind_device", { do_id }];
		return ["bind_device", { do_id, d_id: this.#random.pick(this.#devices()) ?? "none" }];
	}

	#newBlock(p_id: number): Input {
		const name = this.#random.pick(Object.keys(MODELS)) ?? "Bulb";
		return { p_id, dm_id: this.#models.get(name), df: MODELS[name] };
	}

	readonly #models = new Map<string, number>();

	async #addBlock(p_id: unknown, name: string): Promise<void> {
		const [model] = await this.#office.store.read(({ models }) => models.list({ dm_name: name }));
		this.#models.set(name, model?.dm_id ?? 0);
		const input = { p_id, dm_id: model?.dm_id, df: MODELS[name] };
		const owner = this.#projects.at(-1)?.people[0] ?? TEACHER;
		await this.#make(owner, "create_device_object", input);
	}

	async #make(person: Person, name: string, input: Input): Promise<Record<string, unknown>> {
		return Object.assign({}, await this.#office.service.call(name, person, input));
	}

	#fn(): number | undefined {
		return this.#random.pick(this.#functions);
	}

	#fnOrNone(): number | null {
		return this.#random.chance(50) ? null : (this.#fn() ?? null);
	}

	#source(): string {
		const value = this.#random.below(1000);
		if (this.#random.chance(15)) return `${NO_PYTHON} ${value}\n`;
		return `def run(*args):\n    return ${value}\n`;
	}
}
