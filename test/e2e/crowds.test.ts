// A class of forty at the compiled server: they send all the time, while their teacher changes how they take part.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ProjectDocument } from "../../src/contract/mod.ts";
import { Classroom, PHONES } from "../ccm/support/classroom.ts";
import { ProjectServer, type WebPerson } from "../support/project-server.ts";
import { change, documentOf } from "../support/sensor-project.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const AVERAGE = `def run(*colors):
    return [sum(values) // len(values) for values in zip(*colors)]
`;
const TIMES = 3;

let server: ProjectServer;
let teacher: WebPerson;
let room: Classroom;
beforeAll(async () => {
	server = await ProjectServer.start();
	teacher = await server.admin();
	room = await Classroom.open(server);
});
afterAll(async () => {
	await room.client.end();
	await server.dispose();
});

/** A project in which the forty have one block, the lamp another one. */
async function lesson(): Promise<{ readonly pId: number; readonly naId: number }> {
	const pId = Number((await teacher.ok("PUT", "/api/v0/project", { p_name: "lesson" })).p_id);
	const fn = { fn_name: "average", code: AVERAGE };
	const fn_id = Number((await teacher.ok("PUT", "/api/v0/function", fn)).fn_id);
	const block = async (name: string, feature: string) => {
		const model = (await teacher.ok("GET", `/api/v0/devicemodel/${name}`)).data as {
			dm_id: number;
			df_list: { df_id: number; df_name: string }[];
		};
		const df_ids = model.df_list.flatMap(({ df_id, df_name }) =>
			df_name === feature ? df_id : [],
		);
		return { kind: "add_block", dm_id: model.dm_id, df_ids };
	};
	await change(
		teacher,
		pId,
		await block("Remote_control", "Color-I1"),
		await block("Bulb", "Color-O"),
	);
	const [phones, lamp] = (await documentOf(teacher, pId)).blocks.map(({ do_id }) => do_id);
	const dfo_ids = (await documentOf(teacher, pId)).blocks.map(({ ports }) => ports[0]?.dfo_id);
	const bindings = room.ids.map((mac_addr, seat) =>
		seat === PHONES
			? { kind: "bind", do_id: lamp, mac_addr }
			: { kind: "bind", do_id: phones, seat, mac_addr },
	);
	await change(teacher, pId, { kind: "add_join", na_name: "Class", na_idx: 0, dfo_ids });
	const naId = (await documentOf(teacher, pId)).joins[0]?.na_id ?? 0;
	await change(
		teacher,
		pId,
		{ kind: "set_seats", do_id: phones, seats: PHONES },
		...bindings,
		{ kind: "set_join_function", na_id: naId, fn_id },
		{ kind: "set_status", status: "on" },
	);
	return { pId, naId };
}

test("forty who send all the time are heard by either rule, and changing it cuts no one off", async () => {
	const { pId, naId } = await lesson();
	const all = PHONES + 1;
	await until(() => room.connects === all, "all to be connected", {
		...{ ms: LONG_DEADLINE_MS, seen: () => `${room.connects}` },
	});
	let isOver = false;
	const sending = (async () => {
		for (let count = 0; !isOver; count++) {
			const seat = count % PHONES;
			const topic = room.topics.get(room.ids[seat] ?? "") ?? "";
			await room.client.publish(topic, [seat * 2, 10, 20]);
		}
	})();
	/** Waits until the lamp has so many values that only this rule gives. */
	const heard = async (crowd: ProjectDocument["joins"][number]["crowd"]) => {
		room.lampValues.length = 0;
		await change(teacher, pId, { kind: "set_crowd_rule", na_id: naId, crowd });
		const reds = () => room.lampValues.map((text) => Number(JSON.parse(text)[0]));
		// By each all colours, and by the rule before none but the average when all have spoken.
		const isSo = () => {
			const newest = reds().slice(-PHONES);
			return crowd === "each"
				? new Set(newest).size === PHONES
				: newest.length === PHONES && newest.every((red) => red === PHONES - 1);
		};
		await until(isSo, `the lamp to follow them ${crowd}`, {
			...{ ms: LONG_DEADLINE_MS, seen: () => reds().slice(-5).join() },
		});
	};
	for (let time = 0; time < TIMES; time++) {
		await heard("together");
		await heard("each");
	}
	isOver = true;
	await sending;
	expect({ connects: room.connects, disconnects: room.disconnects }).toEqual({
		...{ connects: all, disconnects: 0 },
	});
});
