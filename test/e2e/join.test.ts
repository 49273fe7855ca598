// A class of phones at the compiled server: forty join at once, stay over a restart, and leave nothing behind.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { Phone } from "../ccm/support/class.ts";
import type { Json } from "../support/gateway.ts";
import { ProjectServer, type WebPerson } from "../support/project-server.ts";
import { story } from "../support/story.ts";
import { LONG_DEADLINE_MS, until, within } from "../support/waiting.ts";

const CLASS = 40;
const NO_ONE = { u_id: 0, u_name: "" };

let server: ProjectServer;
let ann: WebPerson;
let pId: number;
let doId: number;
let block: string;
let code: string;
const phones: { readonly phone: Phone; readonly id: string }[] = [];
beforeAll(async () => {
	server = await ProjectServer.start();
	ann = await server.person("ann");
	const { data } = await ann.ok("GET", "/api/v0/devicemodel/Smartphone");
	const { dm_id, df_list } = data as { dm_id: number; df_list: readonly { df_id: number }[] };
	pId = Number((await ann.ok("PUT", "/api/v0/project", { p_name: "Class" })).p_id);
	const df = df_list.map(({ df_id }) => df_id);
	const place = `/api/v0/project/${pId}/deviceobject`;
	doId = Number((await ann.ok("PUT", place, { dm_id, df })).do_id);
	block = `/api/v1/projects/${pId}/blocks/${doId}`;
});
afterAll(() => server.dispose());

const standing = async () => (await ann.ok("GET", `${block}/invitation`)) as Json & Standing;

interface Standing {
	readonly taken: number;
	readonly until: number | null;
	readonly members: readonly { seat: number; da_id: string; nickname: string; online: boolean }[];
}

/** The stream of a phone's page. */
async function listen({ phone, id }: (typeof phones)[number]) {
	const response = await phone.send("GET", `/da/${id}/down`, {
		headers: { accept: "text/event-stream" },
	});
	expect(response.status).toBe(200);
	return response;
}

describe("a class of phones", () => {
	const step = story("joins, stays and leaves");

	step("forty join at once, and an editor sees them", async () => {
		const made = await ann.ok("POST", `${block}/invitation`);
		code = String(made.code);
		expect(made.address).toStartWith("http://");
		const reader = await ann.events(pId);
		const everything = await reader.next("project");
		expect(await reader.next("invitation")).toMatchObject({ do_id: doId, taken: 0, seats: CLASS });
		phones.push(
			...(await within(
				Promise.all(
					Array.from({ length: CLASS }, async (_, n) => {
						const phone = new Phone(server.http);
						return { phone, id: await phone.join(code, `學生 ${n}`) };
					}),
				),
				"forty joins",
			)),
		);
		await reader.next("invitation", ({ taken }) => taken === CLASS);
		// One revision each; where many come at once, a stream may tell the whole instead of some of them.
		const last = everything.document.rev + CLASS;
		const revs = () =>
			reader.all.map(({ data }) => {
				const { rev, document: whole } = data as { rev?: number; document?: { rev: number } };
				return rev ?? whole?.rev ?? 0;
			});
		await until(() => Math.max(...revs()) === last, "the last join in the stream");
		expect((await document()).rev).toBe(last);
		expect(reader.all).toContainEqual(
			expect.objectContaining({ name: "changes", data: expect.objectContaining({ by: NO_ONE }) }),
		);
		await reader.leave();
		const { members, taken } = await standing();
		expect(taken).toBe(CLASS);
		expect(new Set(members.map(({ da_id }) => da_id)).size).toBe(CLASS);
		expect((await new Phone(server.http).get(`/join/${code}`)).status).toBe(409);
	});

	step("they are devices of their teacher's, online while their pages listen", async () => {
		const streams = await Promise.all(phones.map(listen));
		const isOnline = async () => (await standing()).members.every(({ online }) => online);
		await until(isOnline, "all phones online", { ms: LONG_DEADLINE_MS });
		const { devices } = (await ann.ok("GET", "/api/v1/devices")) as Json & {
			devices: readonly { mac_addr: string; owner: { u_name: string } | null }[];
		};
		expect(devices).toHaveLength(CLASS);
		await Promise.all(streams.map((one) => one.body?.cancel()));
	});

	step("after a restart all keep their seats, and the code still opens", async () => {
		await server.end();
		await server.run();
		const [first] = phones;
		const again = await first?.phone.get(`/join/${code}`);
		expect(again).toMatchObject({ status: 303, location: `../da/${first?.id}` });
		const told = await Promise.all(phones.map(({ phone, id }) => phone.info(id)));
		expect(told.map(({ status }) => status)).toEqual(Array(CLASS).fill(200));
		expect((await standing()).until).not.toBeNull();
		expect((await new Phone(server.http).get(`/join/${code}`)).status).toBe(409);
	});

	step("after a kill too", async () => {
		await server.end("SIGKILL");
		await server.run();
		const told = await Promise.all(phones.map(({ phone, id }) => phone.info(id)));
		expect(told.map(({ status }) => status)).toEqual(Array(CLASS).fill(200));
		expect((await standing()).taken).toBe(CLASS);
	});

	step("one that is removed is told so, and its seat is free", async () => {
		const { members } = await standing();
		const out = phones.find(({ id }) => id === members[7]?.da_id);
		if (out === undefined) throw new Error("there is no such phone");
		const stream = await listen(out);
		await ann.ok("DELETE", `${block}/seats/7`);
		expect(await stream.text()).toContain("event: removed");
		expect(await out.phone.info(out.id)).toMatchObject({ status: 410, body: { why: "removed" } });
		const newcomer = new Phone(server.http);
		const id = await newcomer.join(code);
		expect((await newcomer.info(id)).body).toMatchObject({ seat: 7, nickname: null });
		phones.splice(phones.indexOf(out), 1, { phone: newcomer, id });
	});

	step("nothing of it is anyone's step to undo", async () => {
		const { status, json } = await ann.send("POST", `/api/v1/projects/${pId}/undo`, {});
		// Her last step gave the block its seats, which are taken.
		expect([status, json.state]).toEqual([409, "error"]);
		expect((await standing()).taken).toBe(CLASS);
	});

	step("when the project is deleted, so are their devices", async () => {
		const [first] = phones;
		if (first === undefined) throw new Error("there is no phone");
		const stream = await listen(first);
		await ann.ok("DELETE", `/api/v0/project/${pId}`);
		expect(await stream.text()).toContain("event: removed");
		const count = async () => {
			const { devices } = await ann.ok("GET", "/api/v1/devices");
			return Array.isArray(devices) ? devices.length : -1;
		};
		await until(async () => (await count()) === 0, "the end of all devices");
		expect(await server.rows("SELECT * FROM ccm_seat")).toEqual([]);
		expect(await first.phone.info(first.id)).toMatchObject({ status: 410 });
	});

	step("and after another start no one complains", async () => {
		await server.end("SIGKILL");
		await server.run();
		expect(await server.rows("SELECT * FROM ccm_invitation")).toEqual([]);
		expect(await server.rows("SELECT * FROM ccm_former_seat")).toHaveLength(CLASS + 1);
		expect(server.log).not.toMatch(/error/i);
	});
});

async function document(): Promise<{ readonly rev: number }> {
	const { project } = await ann.ok("GET", `/api/v1/projects/${pId}`);
	return project as { rev: number };
}
