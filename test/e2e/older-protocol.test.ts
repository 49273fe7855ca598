// Programs of the older protocol with the compiled server: they send and receive through a project, and come back.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { idOf, OldApi } from "../support/old-client.ts";
import {
	ArduinoProgram,
	JavaScriptProgram,
	type OldProgram,
	PythonProgram,
} from "../support/old-programs.ts";
import { freePort } from "../support/ports.ts";
import { ProjectServer, type WebPerson } from "../support/project-server.ts";
import { documentOf } from "../support/sensor-project.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const MODEL = "Old_board";

let server: ProjectServer;
let person: WebPerson;
let base: string;
let programs: OldProgram[];
beforeAll(async () => {
	const port = await freePort();
	base = `http://127.0.0.1:${port}`;
	server = await ProjectServer.start(`[v1]\nport = ${port}\n`);
	person = await server.admin();
	programs = [
		new PythonProgram(base, "C860008BD249", MODEL),
		new JavaScriptProgram(base, "1b9d6bcd4bad", MODEL),
		new ArduinoProgram(base, "5ccf7f0012ab", MODEL),
	];
});
afterAll(() => server.dispose());

/** Lets all programs run until each has received what the one before it sends, times ten. */
async function goRound(first: number): Promise<void> {
	const wanted = (at: number) => (first + ((at + 2) % 3)) * 10;
	await until(
		async () => {
			await Promise.all(programs.map((program, at) => program.step(first + at)));
			return programs.every(({ received }, at) => received === wanted(at));
		},
		"values to go round",
		{ ms: LONG_DEADLINE_MS, seen: () => JSON.stringify(programs) },
	);
}

/** A project in which each program's value goes to the next one. @returns its id. */
async function draw(): Promise<number> {
	const feature = async (df_name: string, df_type: string) => {
		const body = { df_name, df_type, df_parameter: [{}] };
		return Number((await person.ok("PUT", "/api/v0/devicefeature", body)).df_id);
	};
	const df = [await feature("Dummy_Sensor", "input"), await feature("Dummy_Control", "output")];
	const df_list = df.map((df_id) => ({ df_id, df_parameter: [{}] }));
	const { dm_id } = await person.ok("PUT", "/api/v0/devicemodel", { dm_name: MODEL, df_list });
	const pId = Number((await person.ok("PUT", "/api/v0/project", { p_name: "round" })).p_id);
	for (const { mac } of programs) {
		const object = await person.ok("PUT", `/api/v0/project/${pId}/deviceobject`, { dm_id, df });
		const path = `/api/v0/project/${pId}/deviceobject/${object.do_id}/device/bind/${idOf(mac)}`;
		const bind = async () => (await person.send("POST", path, {})).status === 200;
		await until(bind, `${mac} to be known`, { ms: LONG_DEADLINE_MS });
	}
	const code = "def run(x):\n    return x * 10\n";
	const { fn_id } = await person.ok("PUT", "/api/v0/function", { fn_name: "ten", code });
	const { blocks } = await documentOf(person, pId);
	const portOf = (at: number, name: string) =>
		blocks[at % 3]?.ports.find(({ df_name }) => df_name === name)?.dfo_id;
	for (const at of [0, 1, 2]) {
		const dfo_ids = [portOf(at, "Dummy_Sensor"), portOf(at + 1, "Dummy_Control")];
		const join = { na_name: `Join ${at}`, na_idx: at, dfo_ids };
		const { na_id } = await person.ok("PUT", `/api/v0/project/${pId}/na`, join);
		const dfm_list = [{ dfo_id: dfo_ids[0], dfmp_list: [{ param_i: 0, fn_id }] }];
		await person.ok("POST", `/api/v0/project/${pId}/na/${na_id}`, { dfm_list });
	}
	return pId;
}

test("programs as old Python, JavaScript and Arduino ones go through a project, a kill, and its end", async () => {
	for (const program of programs) await program.step(0);
	expect(programs.map(({ registrations }) => registrations)).toEqual([1, 1, 1]);
	const pId = await draw();
	expect(programs.map(({ isRunning }) => isRunning)).toEqual([true, false, false]);
	await person.ok("POST", `/api/v0/project/${pId}`, { status: "on" });
	await goRound(1);

	const api = new OldApi(base);
	const { text } = await api.send("GET", "/get_alias/C860008BD249/Dummy_Sensor");
	expect(JSON.parse(text)).toEqual({ alias_name: ["Dummy_Sensor"] });
	const { json } = await person.send("GET", "/api/v1/devices");
	expect(JSON.stringify(json)).toContain(idOf("5ccf7f0012ab"));

	await server.end("SIGKILL");
	await Promise.all(programs.map((program) => program.step(0)));
	await server.run();
	await goRound(100);
	// An answer that stays out makes the sketch register again; the others have no reason to.
	expect(programs.slice(0, 2).map(({ registrations }) => registrations)).toEqual([1, 1]);

	await person.ok("POST", `/api/v0/project/${pId}`, { status: "off" });
	const haveStopped = async () => {
		await Promise.all(programs.map((program) => program.step(500)));
		return programs.every(({ isRunning }) => !isRunning);
	};
	await until(haveStopped, "all of them to stop", {
		...{ ms: LONG_DEADLINE_MS, seen: () => JSON.stringify(programs) },
	});

	const id = idOf("C860008BD249");
	expect((await api.send("DELETE", "/C860008BD249")).status).toBe(200);
	const [python] = programs;
	await until(async () => {
		await python?.step(1);
		return python?.registrations === 2;
	}, "the Python program to register again");
	expect((await fetch(`${server.http}/${id}`)).status).toBe(200);
});
