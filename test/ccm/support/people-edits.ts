// Two teachers who edit their projects, and one they share: any change there is, at random.
import type { UserFunction } from "../../../src/ccm/functions/built-function.ts";
import { desiredGraphs } from "../../../src/ccm/plan/desired.ts";
import type { GraphSpec } from "../../../src/ccm/plan/graph-spec.ts";
import { Refusal } from "../../../src/ccm/projects/refusal.ts";
import type { Person } from "../../../src/ccm/service/operation.ts";
import type { ProjectDocument } from "../../../src/contract/mod.ts";
import { hasEffect, type Wish } from "./edit-effects.ts";
import { type ProjectClient, Unanswered } from "./project-clients.ts";
import type { Random } from "./random.ts";
import { MODELS, RandomWishes } from "./random-wishes.ts";

const FUNCTIONS = 6;

type Input = Wish["input"];

/** A project and its people, the owner first. */
interface Shared {
	readonly p_id: number;
	readonly people: readonly Person[];
}

/** What is known of an edit that was sent shortly before a kill. */
interface Sent {
	readonly wish: Wish | undefined;
	readonly before: ProjectDocument;
	readonly outcome: "answered" | "refused" | "unanswered" | "none";
}

export class PeopleEdits {
	#client: ProjectClient;
	readonly #random: Random;
	readonly #wishes: RandomWishes;
	#functions: { readonly fn_id: number; readonly owner: Person }[] = [];
	#projects: Shared[] = [];
	/** Changes that were carried out, those that were refused, and those a kill has left without an answer. */
	readonly count = { done: 0, refused: 0, unanswered: 0 };

	/** @param devices Devices CSM has, by UUID. */
	constructor(client: ProjectClient, random: Random, devices: () => readonly string[]) {
		this.#client = client;
		this.#random = random;
		this.#wishes = new RandomWishes(random, devices);
	}

	/** They go on at another place, where everything is as it was. */
	moveTo(client: ProjectClient): void {
		this.#client = client;
	}

	/** A person for each project, its owner. */
	get owners(): readonly { readonly p_id: number; readonly owner: Person | undefined }[] {
		return this.#projects.map(({ p_id, people: [owner] }) => ({ p_id, owner }));
	}

	get projects(): readonly number[] {
		return this.#projects.map(({ p_id }) => p_id);
	}

	/** A project of each, and one of the first that both edit; each with a block of every model. */
	async prepare(): Promise<void> {
		const [ann, bob] = this.#client.people;
		for (const [p_name, owner, ...others] of [
			["ann's", ann],
			["bob's", bob],
			["both", ann, bob],
		] as const) {
			const { p_id } = await this.#make(owner, "create_project", { p_name });
			for (const { u_id } of others) {
				await this.#make(owner, "share_project", { p_id, u_id, may: "edit" });
			}
			this.#projects.push({ p_id: Number(p_id), people: [owner, ...others] });
			for (const name of [...Object.keys(MODELS), "Smartphone"]) {
				this.#wishes.models.set(name, await this.#client.model(name));
				const input = { p_id, dm_id: this.#wishes.models.get(name), df: MODELS[name] };
				await this.#make(owner, "create_device_object", input);
			}
			await this.#make(owner, "update_project", { p_id, status: "on" });
		}
		for (let number = 0; number < FUNCTIONS; number++) {
			const owner = number % 2 === 0 ? ann : bob;
			const fn_name = ["dim it", "函數"][number] ?? `f${number}`;
			const made = await this.#make(owner, "create_function", {
				fn_name,
				code: this.#wishes.source(),
			});
			this.#functions.push({ fn_id: Number(made.fn_id), owner });
			this.#wishes.functions.push(Number(made.fn_id));
		}
	}

	/** One change by one of them; it may be refused. */
	async edit(): Promise<void> {
		const chosen = this.#random.pick(this.#projects);
		if (chosen !== undefined) await (await this.#begin(chosen)).end;
	}

	/**
	 * Sends one change to each project at once, and has the server killed while they are on their way.
	 * @param kill Ends it, and starts it again.
	 * @throws where an answered change is not there then, or one that was refused is.
	 */
	async editsOverKill(kill: () => Promise<void>): Promise<void> {
		const begun = await Promise.all(this.#projects.map((project) => this.#begin(project)));
		await kill();
		const sent = await Promise.all(begun.map(({ end }) => end));
		for (const one of sent) await this.#check(one);
		const codes = Map.groupBy(
			sent.filter(({ wish }) => wish?.name === "update_function"),
			({ wish }) => wish?.input.fn_id,
		);
		for (const [fnId, all] of codes) {
			if (!all.some(({ outcome }) => outcome === "answered")) continue;
			const asked = all.map(({ wish }) => wish?.input.code);
			const code = (await this.#code(Number(fnId))) ?? "";
			if (!asked.includes(code)) throw new Error(`function ${fnId} is ${code}, not of ${asked}`);
		}
	}

	/** What all projects want. */
	async wanted(): Promise<GraphSpec[]> {
		const codes = new Map<number, UserFunction>();
		for (const { fn_id, owner } of this.#functions) {
			codes.set(fn_id, { fn_id, ...(await this.#client.fn(owner, fn_id)) });
		}
		const documents = await Promise.all(this.projects.map((pId) => this.document(pId)));
		return documents.flatMap((document) => desiredGraphs(document, (id) => codes.get(id)));
	}

	document(pId: number): Promise<ProjectDocument> {
		return this.#client.document(pId);
	}

	async #begin({ p_id, people }: Shared) {
		const before = await this.document(p_id);
		const wish = this.#wishes.wish(before);
		const person = this.#random.pick(people);
		const none: Sent = { wish: undefined, before, outcome: "none" };
		if (wish === undefined || person === undefined) return { end: Promise.resolve(none) };
		const input = { p_id, ...wish[1] };
		return { end: this.#send(before, { name: wish[0], input }, person) };
	}

	async #send(before: ProjectDocument, wish: Wish, person: Person): Promise<Sent> {
		try {
			await this.#client.call(wish.name, person, wish.input);
			this.count.done += 1;
			return { wish, before, outcome: "answered" };
		} catch (error) {
			if (error instanceof Unanswered) {
				this.count.unanswered += 1;
				return { wish, before, outcome: "unanswered" };
			}
			// What the other one took away meanwhile is not there.
			if (!(error instanceof Refusal)) throw error;
			this.count.refused += 1;
			return { wish, before, outcome: "refused" };
		}
	}

	async #check({ wish, before, outcome }: Sent): Promise<void> {
		const after = await this.document(before.p_id);
		const isSame = Bun.deepEquals(after, before);
		const isDone = wish !== undefined && hasEffect(wish, before, after);
		const isRight = {
			answered: isDone,
			unanswered: isSame || isDone,
			refused: isSame,
			none: isSame,
		};
		if (isRight[outcome] && after.rev - before.rev <= 1) return;
		const all = JSON.stringify([wish, before, after]);
		throw new Error(`a change was ${outcome}, and there is something else now: ${all}`);
	}

	async #code(fnId: number): Promise<string | undefined> {
		const owner = this.#functions.find(({ fn_id }) => fn_id === fnId)?.owner;
		return owner && (await this.#client.fn(owner, fnId)).code;
	}

	async #make(person: Person, name: string, input: Input): Promise<Record<string, unknown>> {
		return Object.assign({}, await this.#client.call(name, person, input));
	}
}
