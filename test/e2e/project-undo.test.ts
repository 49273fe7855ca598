// Undo and redo of the compiled server, over its restarts.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ProjectDocument } from "../../src/contract/mod.ts";
import { Random } from "../ccm/support/random.ts";
import { ProjectServer, type WebPerson } from "../support/project-server.ts";
import { change, documentOf, drawProject, type SensorProject } from "../support/sensor-project.ts";

const CHANGES = 200;

let server: ProjectServer;
let ann: WebPerson;
beforeAll(async () => {
	server = await ProjectServer.start();
	ann = await server.person("ann");
});
afterAll(() => server.dispose());

/** A change that applies to a document. */
function randomChange(
	random: Random,
	{ blocks, joins }: ProjectDocument,
	{ dmId, dfIds }: SensorProject,
	fnId: number,
): object {
	const block = random.pick(blocks);
	const join = random.pick(joins);
	const ports = blocks.flatMap((one) => one.ports);
	const port = random.pick(ports);
	const name = `n${random.below(1000)}`;
	const add = { kind: "add_block", dm_id: dmId, df_ids: random.chance(50) ? [dfIds[0]] : dfIds };
	if (block === undefined || port === undefined) return add;
	const ofType = (type: string) => ports.filter(({ df_type }) => df_type === type);
	const input = random.pick(ofType("input"));
	const output = random.pick(ofType("output"));
	switch (random.below(12)) {
		case 0:
			return blocks.length > 8 ? { kind: "remove_block", do_id: block.do_id } : add;
		case 1:
			return { kind: "set_features", do_id: block.do_id, df_ids: [random.pick(dfIds)] };
		case 2:
			return { kind: "set_features", do_id: block.do_id, df_ids: dfIds.toReversed() };
		case 3:
			return { kind: "move_block", do_id: block.do_id, at: random.below(10) };
		case 4:
			return { kind: "set_seats", do_id: block.do_id, seats: 1 + random.below(5) };
		case 5:
			return { kind: "set_alias", dfo_id: port.dfo_id, alias_name: name };
		case 6:
		case 7: {
			if (input === undefined || output === undefined) return add;
			const na_idx = joins.reduce((most, one) => Math.max(most, one.na_idx), 0) + 1;
			return { kind: "add_join", na_name: name, na_idx, dfo_ids: [input.dfo_id, output.dfo_id] };
		}
		default:
			return join === undefined ? add : changeOfJoin(random, join, port.dfo_id, name, fnId);
	}
}

function changeOfJoin(
	random: Random,
	{ na_id, links }: ProjectDocument["joins"][number],
	dfo_id: number,
	na_name: string,
	fn_id: number,
): object {
	const link = random.pick(links);
	const isLinked = links.some((one) => one.dfo_id === dfo_id);
	switch (random.below(6)) {
		case 0:
			return { kind: "remove_join", na_id };
		case 1:
			return { kind: isLinked ? "remove_link" : "add_link", na_id, dfo_id };
		case 2:
			return { kind: "move_link", na_id, dfo_id: link?.dfo_id, at: random.below(4) };
		case 3:
			return { kind: "set_join_function", na_id, fn_id: random.chance(50) ? fn_id : null };
		case 4:
			return {
				...{ kind: "set_link_param", na_id, dfo_id: link?.dfo_id, param_i: 0 },
				...{ min: random.below(9), normalization: random.chance(50), fn_id },
			};
		default:
			return { kind: "rename_join", na_id, na_name };
	}
}

/** Without the revision, which never goes back. */
async function contentOf(person: WebPerson, pId: number): Promise<object> {
	return { ...(await documentOf(person, pId)), rev: 0 };
}

describe("changes of a project", () => {
	test("200 random ones are undone one by one, and done again, with the same ids, over a restart and a kill", async () => {
		const drawn = await drawProject(ann, "undo");
		const { pId } = drawn;
		const code = "def run(x):\n    return x\n";
		const fn = await ann.ok("PUT", "/api/v0/function", { fn_name: "same", code });
		const random = new Random(7);
		const states = [await contentOf(ann, pId)];
		while (states.length <= CHANGES) {
			const document = await documentOf(ann, pId);
			const { rev } = await change(
				ann,
				pId,
				randomChange(random, document, drawn, Number(fn.fn_id)),
			);
			// One that changes nothing is not a step.
			if (rev !== document.rev) states.push(await contentOf(ann, pId));
		}
		const last = states.at(-1);
		for (const [n, state] of states.slice(0, -1).toReversed().entries()) {
			if (n === CHANGES / 2) {
				await server.end();
				await server.run();
				ann = await server.person("ann");
			}
			await ann.ok("POST", `/api/v1/projects/${pId}/undo`);
			if (n % 10 === 0) expect(await contentOf(ann, pId)).toEqual(state);
		}
		expect(await contentOf(ann, pId)).toEqual(states[0] ?? {});
		await server.end("SIGKILL");
		await server.run();
		ann = await server.person("ann");
		for (let n = 0; n < CHANGES; n++) await ann.ok("POST", `/api/v1/projects/${pId}/redo`);
		expect(await contentOf(ann, pId)).toEqual(last ?? {});
	});

	test("of two who write at once reach everyone who looks in one order, and all have the same document", async () => {
		const { pId, naId, input, output } = await drawProject(ann, "both");
		const bob = await server.person("bob");
		const { u_id } = await bob.ok("GET", "/api/v0/account");
		await ann.ok("POST", `/api/v0/project/${pId}/share`, { u_id, may: "edit" });
		const readers = [await ann.events(pId), await bob.events(pId)];
		const { document } = (await readers[0]?.next("project")) ?? {};
		const write = async (person: WebPerson, name: string, dfo_id: number) => {
			for (let n = 0; n < 30; n++) {
				// On the revision they began with: changes name ids.
				await person.ok("POST", `/api/v1/projects/${pId}/changes`, {
					base_rev: document?.rev,
					changes: [
						{ kind: "set_alias", dfo_id, alias_name: `${name}${n}` },
						{ kind: "rename_join", na_id: naId, na_name: `${name}${n}` },
					],
				});
			}
		};
		await Promise.all([write(ann, "ann", input), write(bob, "bob", output)]);
		const end = await documentOf(ann, pId);
		expect(end.rev).toBe((document?.rev ?? 0) + 60);
		const orders = [];
		for (const reader of readers) {
			await reader.next("changes", ({ rev }) => rev === end.rev);
			const told = reader.all.filter(({ name }) => name === "changes").map(({ data }) => data);
			expect(told).toHaveLength(60);
			orders.push(told);
		}
		expect(orders[0]).toEqual(orders[1]);
		expect(await documentOf(bob, pId)).toEqual(end);
		const aliases = end.blocks.flatMap(({ ports }) => ports.map(({ alias_name }) => alias_name));
		expect(aliases).toEqual(["ann29", "bob29"]);
		for (const reader of readers) await reader.leave();
	});
});
