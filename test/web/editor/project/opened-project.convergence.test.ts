// Two pages and a server that is real but for its network and its disk: however they edit, they see the same.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Change, ProjectDocument } from "../../../../src/contract/mod.ts";
import { systemClock } from "../../../../src/kit/clock.ts";
import type { ProjectDeps } from "../../../../src/web/editor/project/deps.ts";
import type { OpenProject } from "../../../../src/web/editor/project/open-project.ts";
import { openProject } from "../../../../src/web/editor/project/opened-project.ts";
import type { Answer } from "../../../../src/web/editor/server/ask.ts";
import { CcmHttp } from "../../../ccm/support/ccm-http.ts";
import { OTHER, TEACHER } from "../../../ccm/support/office.ts";
import { Random } from "../../../ccm/support/random.ts";
import { chance } from "../../../support/chance.ts";
import { until } from "../../../support/waiting.ts";

const ROUNDS = 150;
const SEED = 11;

let ccm: CcmHttp;
beforeAll(async () => {
	ccm = await CcmHttp.start();
});
afterAll(async () => {
	await ccm.stop();
});

type Hear = Parameters<ProjectDeps["page"]["onChange"]>[0];

/** A page of a person; `blink` has its network gone and back. */
class Page {
	readonly project: OpenProject;
	#hear: Hear = () => {};

	constructor(person: typeof TEACHER, pId: number) {
		this.project = openProject(pId, {
			ask: async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
				const headers = { "content-type": "application/json" };
				const init = body === undefined ? {} : { headers, body: JSON.stringify(body) };
				const { ok, status, json } = await read(await ccm.send(person, method, `/${path}`, init));
				if (ok) return { ok: true, body: json as T };
				return { ok: false, status, reason: String(json.reason), details: json };
			},
			open: (path, signal) => ccm.send(person, "GET", `/${path}`, { signal }),
			clock: { ...systemClock, date: () => new Date() },
			page: {
				isHidden: () => false,
				onChange: (hear) => {
					this.#hear = hear;
					return () => {};
				},
			},
			random: chance(SEED),
			reader: () => person.u_id,
		});
	}

	blink(): void {
		this.#hear("offline");
		this.#hear("online");
	}
}

async function read(response: Response) {
	const json = (await response.json()) as Record<string, unknown>;
	return { ok: response.ok, status: response.status, json };
}

function randomChange(
	random: Random,
	document: ProjectDocument,
	dmId: number,
	dfIds: number[],
): Change {
	const { blocks, joins } = document;
	const block = random.pick(blocks);
	const join = random.pick(joins);
	const ports = blocks.flatMap((one) => one.ports);
	const of = (type: string) => random.pick(ports.filter(({ df_type }) => df_type === type));
	const [input, output, any] = [of("input"), of("output"), random.pick(ports)];
	const na_name = `n${random.below(1000)}`;
	const add: Change = { kind: "add_block", dm_id: dmId, df_ids: dfIds };
	if (block === undefined || any === undefined || input === undefined) return add;
	const { do_id } = block;
	switch (random.below(8)) {
		case 0:
			return blocks.length > 5 ? { kind: "remove_block", do_id } : add;
		case 1:
			return { kind: "move_block", do_id, at: random.below(6) };
		case 2:
			return { kind: "set_alias", dfo_id: any.dfo_id, alias_name: na_name };
		case 3:
			return { kind: "set_status", status: random.chance(50) ? "on" : "off" };
		default: {
			const na_idx = joins.reduce((most, one) => Math.max(most, one.na_idx), 0) + 1;
			if (join === undefined || random.chance(40)) {
				const dfo_ids = [input.dfo_id, output?.dfo_id ?? any.dfo_id];
				return { kind: "add_join", na_name, na_idx, dfo_ids };
			}
			const { na_id } = join;
			if (random.chance(30)) return { kind: "remove_join", na_id };
			return random.chance(50)
				? { kind: "rename_join", na_id, na_name }
				: { kind: "add_link", na_id, dfo_id: any.dfo_id };
		}
	}
}

test("two people that edit, undo and lose the network at the same time see what the server has", async () => {
	const { office } = ccm;
	const { p_id } = await office.ok(TEACHER, "PUT", "/project", { p_name: "both" });
	const pId = Number(p_id);
	await office.ok(TEACHER, "POST", `/project/${pId}/share`, { u_id: OTHER.u_name, may: "edit" });
	const model = await office.store.read(async ({ models }) =>
		(await models.list()).find(({ dm_name }) => dm_name === "Dummy_Device"),
	);
	const dfIds = model?.members.map(({ df_id }) => df_id) ?? [];
	const random = new Random(SEED);
	const pages = [TEACHER, OTHER].map((person) => new Page(person, pId));
	const act = async ({ project }: Page) => {
		const kind = random.below(10);
		if (kind === 0) return project.undo(random.chance(50));
		if (kind === 1) return project.redo();
		const document = project.document.value;
		if (document === undefined) throw new Error("no document");
		return project.change([randomChange(random, document, model?.dm_id ?? 0, dfIds)]);
	};
	for (const { project } of pages) {
		await until(() => project.contact.value.state === "live", "the first event");
	}
	let done = 0;
	for (let round = 0; round < ROUNDS; round++) {
		if (random.chance(5)) random.pick(pages)?.blink();
		const answers = await Promise.all(pages.map(act));
		done += answers.filter(({ ok }) => ok).length;
	}
	const truth = await office.store.read((tables) => tables.projects.get(pId));
	for (const { project } of pages) {
		await until(() => Bun.deepEquals(project.document.value, truth), "the same document", {
			seen: () => JSON.stringify([project.document.value, truth]),
		});
		project.close();
	}
	expect(done).toBeGreaterThan(ROUNDS);
});
