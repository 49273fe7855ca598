// Where people edit projects: at CCM's service in this process, or by HTTP at a server.
import { Refusal } from "../../../src/ccm/projects/refusal.ts";
import { OPERATIONS } from "../../../src/ccm/service/all-operations.ts";
import type { Person } from "../../../src/ccm/service/operation.ts";
import type { ProjectDocument, ProjectEvents } from "../../../src/contract/mod.ts";
import type { Json } from "../../support/gateway.ts";
import { RestClient } from "../../support/rest-client.ts";
import { within } from "../../support/waiting.ts";
import { type Office, OTHER, TEACHER } from "./office.ts";

/** A server that was killed has not answered. */
export class Unanswered extends Error {}

export interface ProjectClient {
	/** Ann and Bob, teachers. */
	readonly people: readonly [Person, Person];
	/** @throws Refusal, Unanswered */
	call(operation: string, person: Person, input: Readonly<Json>): Promise<unknown>;
	document(pId: number): Promise<ProjectDocument>;
	/** A function of a person as it is now. */
	fn(owner: Person, fnId: number): Promise<{ readonly fn_name: string; readonly code: string }>;
	/** Id of a model. */
	model(name: string): Promise<number>;
}

export class ServiceClient implements ProjectClient {
	readonly people = [TEACHER, OTHER] as const;
	readonly #office: Office;

	constructor(office: Office) {
		this.#office = office;
	}

	call(operation: string, person: Person, input: Readonly<Json>): Promise<unknown> {
		return this.#office.service.call(operation, person, input);
	}

	async document(pId: number): Promise<ProjectDocument> {
		return there(await this.#office.store.read(({ projects }) => projects.get(pId)));
	}

	async fn(_: Person, fnId: number) {
		const fn = there(await this.#office.store.read(({ functions }) => functions.get(fnId)));
		return { fn_name: fn.fn_name, code: fn.versions.at(-1)?.code ?? "" };
	}

	async model(dm_name: string): Promise<number> {
		const [model] = await this.#office.store.read(({ models }) => models.list({ dm_name }));
		return there(model).dm_id;
	}
}

/** REST v0, and v1 for what that does not have. */
export class RestProjectClient implements ProjectClient {
	readonly #clients: readonly RestClient[];
	readonly people: readonly [Person, Person];

	private constructor(clients: readonly RestClient[], people: readonly [Person, Person]) {
		this.#clients = clients;
		this.people = people;
	}

	/** Logs Ann and Bob in, with accounts that are made where they are new. */
	static async open(base: string): Promise<RestProjectClient> {
		const ann = await RestClient.open(base, "ann");
		const bob = await RestClient.open(base, "bob");
		const personOf = async (client: RestClient) =>
			(await client.ok("GET", "/account")) as unknown as Person;
		return new RestProjectClient([ann, bob], [await personOf(ann), await personOf(bob)]);
	}

	async call(operation: string, person: Person, input: Readonly<Json>): Promise<unknown> {
		const { p_id, na_id, dfo_id } = input;
		const kind = { create_link: "add_link", delete_link: "remove_link" }[operation];
		if (kind !== undefined) {
			const { rev: base_rev } = await this.document(Number(p_id), person);
			const changes = [{ kind, na_id, dfo_id }];
			const path = `/api/v1/projects/${p_id}/changes`;
			return this.#ask(person, "POST", path, { base_rev, changes });
		}
		const { rest } = there(OPERATIONS.find(({ name }) => name === operation));
		const { method, path } = there(rest);
		const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => String(input[name]));
		const body = Object.entries(input).filter(([name]) => !path.includes(`:${name}`));
		return this.#ask(person, method, filled, Object.fromEntries(body));
	}

	async document(pId: number, person?: Person): Promise<ProjectDocument> {
		const path = `/api/v1/projects/${pId}`;
		if (person !== undefined) return (await this.#ask(person, "GET", path)).project as never;
		for (const one of this.people) {
			const found = await this.#ask(one, "GET", path).catch((error: unknown) => {
				if (!(error instanceof Refusal)) throw error;
			});
			if (found !== undefined) return found.project as ProjectDocument;
		}
		throw new Error(`project ${pId} is not there`);
	}

	/** How far a project has come, as its page is told. */
	async progress(owner: Person, pId: number): Promise<ProjectEvents["project"]> {
		const response = await this.#client(owner).fetch("GET", `/api/v1/projects/${pId}/events`);
		const reader = there(response.body).getReader();
		let text = "";
		while (!/^event: project\ndata: .*\n\n/m.test(text)) {
			const { value, done } = await within(reader.read(), "the first event");
			if (done) throw new Error(`the stream ended: ${response.status} ${text}`);
			text += new TextDecoder().decode(value);
		}
		await reader.cancel();
		const [, data = ""] = /^event: project\ndata: (.*)\n/m.exec(text) ?? [];
		return JSON.parse(data);
	}

	async fn(owner: Person, fnId: number) {
		const { data } = await this.#ask(owner, "GET", `/function/${fnId}`);
		const { name, code } = data as { name: string; code: string };
		return { fn_name: name, code };
	}

	async model(name: string): Promise<number> {
		const { data } = await this.#ask(this.people[0], "GET", `/devicemodel/${name}`);
		return Number((data as Json).dm_id);
	}

	async #ask(person: Person, method: string, path: string, body?: Json): Promise<Json> {
		const sent = this.#client(person).send(method, path, method === "GET" ? undefined : body);
		const answer = await sent.catch((error: unknown) => {
			throw new Unanswered(String(error));
		});
		if (answer.body.state === "ok") return answer.body;
		const words = `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`;
		if (answer.status >= 500) throw new Error(words);
		throw new Refusal(400, words);
	}

	#client({ u_name }: Person): RestClient {
		const [ann, bob] = this.#clients;
		return there(u_name === this.people[0].u_name ? ann : bob);
	}
}

function there<T>(value: T | null | undefined): T {
	if (value === undefined || value === null) throw new Error("there is none");
	return value;
}
