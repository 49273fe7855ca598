// What people see of a running project, with the compiled server: values, failures, and no watching for no one.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { ProjectServer, type WebPerson } from "../support/project-server.ts";
import {
	type Devices,
	drawProject,
	runProject,
	type SensorProject,
} from "../support/sensor-project.ts";
import { story } from "../support/story.ts";
import { until } from "../support/waiting.ts";

let server: ProjectServer;
let ann: WebPerson;
let drawn: SensorProject;
let devices: Devices;
beforeAll(async () => {
	server = await ProjectServer.start();
	ann = await server.person("ann");
	drawn = await drawProject(ann, "live");
	devices = await runProject(server, ann, "live", drawn);
});
afterAll(async () => {
	await server.dispose();
	for (const { client } of [devices.sensor, devices.display]) await client.end();
});

const send = (value: unknown) => devices.sensor.client.publish(devices.from, value, { qos: 0 });

/** Publishes again and again until it is so. */
async function flow(value: unknown, until_: Promise<unknown>): Promise<void> {
	let isOver = false;
	void until_.finally(() => {
		isOver = true;
	});
	while (!isOver) {
		await send(value);
		await Bun.sleep(20);
	}
	await until_;
}

describe("the stream of a running project", () => {
	const step = story("shows what happens, and leaves nothing on");
	step(
		"shows values of all wires, a failing function and its mended one, and changes of a script",
		async () => {
			const { pId, naId, input, output } = drawn;
			const reader = await ann.events(pId);
			const { presence, links } = await reader.next("project");
			expect(presence.map(({ status }) => status)).toEqual(["online", "online"]);
			const isRunning = (joins: typeof links) =>
				joins.some(
					(one) => one.links.length === 2 && one.links.every(({ state }) => state === "running"),
				);
			if (!isRunning(links)) await reader.next("links", isRunning);
			await flow(
				[3],
				reader.next("values", (values) => values.some(({ dfo_id }) => dfo_id === output)),
			);
			const values = reader.all.filter(({ name }) => name === "values").at(-1)?.data;
			expect(values).toContainEqual({ na_id: naId, dfo_id: input, value: "[3]", input: "[3]" });
			expect(values).toContainEqual({ na_id: naId, dfo_id: output, value: "[3]" });

			const code = "def run(x):\n    return 1 / 0\n";
			const { fn_id } = await ann.ok("PUT", "/api/v0/function", { fn_name: "fails", code });
			const dfmp_list = [{ param_i: 0, fn_id }];
			const join = `/api/v0/project/${pId}/na/${naId}`;
			await ann.ok("POST", join, { dfm_list: [{ dfo_id: input, dfmp_list }] });
			const told = await reader.next("changes");
			expect(told).toMatchObject({
				by: { u_name: "ann" },
				changes: [{ kind: "set_link_param", fn_id }],
			});
			await flow([3], reader.next("errors"));
			const failure = reader.all.find(({ name }) => name === "errors")?.data;
			expect([failure].flat()[0]).toEqual({
				...{ na_id: naId, dfo_id: input, stage: "idf" },
				reason: expect.stringContaining("ZeroDivisionError"),
			});
			await ann.ok("POST", `/api/v1/projects/${pId}/undo`);
			await flow(
				[4],
				reader.next("values", (all) => all.some(({ value }) => value === "[4]")),
			);
			await devices.sensor.say("offline");
			await reader.next("presence", ([one]) => one?.status === "offline");
			await devices.sensor.say("online");
			await reader.next("presence", ([one]) => one?.status === "online");
			await reader.leave();
		},
	);

	step("leaves no monitoring on after a kill", async () => {
		const reader = await ann.events(drawn.pId);
		await reader.next("project");
		await flow([5], reader.next("values"));
		const monitored = () => server.rows("SELECT client FROM graphs WHERE monitoring");
		expect(await monitored()).toHaveLength(1);
		await server.end("SIGKILL");
		await server.run();
		await until(async () => (await monitored()).length === 0, "the end of the monitoring");
	});
});
