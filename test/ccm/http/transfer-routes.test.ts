import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";
import { OTHER, STUDENT, TEACHER } from "../support/office.ts";
import { furnish, type Workshop } from "../support/workshop.ts";

let ccm: CcmHttp;
let at: Workshop;
beforeAll(async () => {
	ccm = await CcmHttp.start();
	at = await furnish(ccm.office);
});
afterAll(() => ccm.stop());

async function bring(
	fields: { readonly p_name?: string; readonly file?: string },
	{ person = TEACHER, accept = "*/*" } = {},
): Promise<Response> {
	const form = new FormData();
	if (fields.p_name !== undefined) form.set("p_name", fields.p_name);
	if (fields.file !== undefined) form.set("importfilename", new Blob([fields.file]), "plan.json");
	return ccm.send(person, "POST", "/import_project", { body: form, headers: { accept } });
}

/** Status and reason of a refusal. */
async function refusal(answer: Response | Promise<Response>): Promise<string> {
	const response = await answer;
	const { reason } = (await response.json()) as { reason: string };
	return `${response.status} ${response.headers.get("cache-control")} ${reason}`;
}

const take = async (query: string) =>
	(await ccm.send(TEACHER, "GET", `/export_project?${query}`)).text();
const projects = async () => (await ccm.json(TEACHER, "GET", "/api/v0/project")).body.data;

describe("export and import over HTTP", () => {
	test("a project is an attachment under its name, whatever that is", async () => {
		const { body } = await ccm.json(TEACHER, "PUT", "/api/v0/project", { p_name: '燈 "1"' });
		const answer = await ccm.send(TEACHER, "GET", `/export_project?p_id=${body.p_id}`);
		expect(answer.status).toBe(200);
		expect(answer.headers.get("content-disposition")).toBe(
			`attachment; filename="___1_.json"; filename*=UTF-8''%E7%87%88%20%221%22.json`,
		);
		expect(answer.headers.get("cache-control")).toBe("no-store");
		expect(await answer.json()).toMatchObject({ project: { p_name: '燈 "1"' } });
		await ccm.json(TEACHER, "DELETE", `/api/v0/project/${body.p_id}`);
	});

	test("is for its owner; what is unknown or missing is said", async () => {
		const get = (person: typeof TEACHER | null, query: string) =>
			refusal(ccm.send(person, "GET", `/export_project${query}`));
		expect(await get(OTHER, `?p_id=${at.p}`)).toBe(`404 no-store project id ${at.p} not found`);
		expect(await get(TEACHER, "?p_id=99999")).toBe("404 no-store project id 99999 not found");
		expect(await get(null, `?p_id=${at.p}`)).toBe("401 no-store please login first");
		expect(await get(TEACHER, "")).toBe("400 no-store field `p_id` is required");
		expect(await get(TEACHER, "?p_id=x")).toBe("400 no-store field `p_id` should be type `int`");
	});

	test("a file comes back as a project that is off, and answers a page with a redirect", async () => {
		const file = await take(`p_id=${at.p}&bundle=1`);
		const answer = await bring({ p_name: "複製", file });
		const { state, p_id } = (await answer.json()) as { state: string; p_id: number };
		expect([answer.status, state]).toEqual([200, "ok"]);
		const info = await ccm.json(TEACHER, "GET", `/api/v0/project/${p_id}`);
		expect(info.body.data).toMatchObject({ p_name: "複製", status: "off" });
		const again = JSON.parse(await take(`p_id=${p_id}&bundle=1`));
		expect(again.bundle).toEqual(JSON.parse(file).bundle);
		const shown = await bring({ p_name: "page", file }, { accept: "text/html,*/*" });
		expect([shown.status, shown.headers.get("location")]).toEqual([303, `gui/#/p/${p_id + 1}`]);
	});

	test("half a surrogate pair is U+FFFD", async () => {
		const file = (await take(`p_id=${at.p}`)).replace('"alias_name":"', '"alias_name":"\\ud800');
		const answer = await bring({ p_name: "halves", file });
		const { p_id } = (await answer.json()) as { p_id: number };
		expect(await take(`p_id=${p_id}`)).toContain('"alias_name":"\ufffd');
	});

	test("each mistake has its reason, and nothing is kept", async () => {
		const before = await projects();
		const file = await take(`p_id=${at.p}`);
		expect(await refusal(bring({ p_name: "x" }))).toBe("400 no-store No file selected");
		expect(await refusal(bring({ p_name: "x", file: "" }))).toBe("400 no-store No file selected");
		expect(await refusal(ccm.send(TEACHER, "POST", "/import_project"))).toContain(
			"No file selected",
		);
		expect(await refusal(bring({ file }))).toBe("400 no-store Please select a new project name");
		expect(await refusal(bring({ p_name: " ", file }))).toContain(
			"Please select a new project name",
		);
		expect(await refusal(bring({ p_name: "plan", file }))).toBe(
			"400 no-store Project name already exists",
		);
		expect(await refusal(bring({ p_name: "x", file: "{" }))).toContain(
			"400 no-store Invalid format",
		);
		expect(await refusal(bring({ p_name: "x", file: "[]" }))).toContain(
			"400 no-store Invalid format",
		);
		expect(await refusal(bring({ p_name: "x", file: "x".repeat(2 << 20) }))).toContain(
			"413 no-store",
		);
		const body = new Blob(["--b\r\nnonsense"], { type: "multipart/form-data; boundary=b" });
		expect(await refusal(ccm.send(TEACHER, "POST", "/import_project", { body }))).toContain("400 ");
		expect(await refusal(bring({ p_name: "x", file }, { person: STUDENT }))).toContain("403");
		const answer = await bring({
			...{ p_name: "x", file: file.replaceAll("FooModel", "Gone").replaceAll("BarModel", "Lost") },
		});
		expect(answer.status).toBe(400);
		expect(await answer.json()).toMatchObject({
			reason: expect.stringContaining("save error"),
			missing: ['Device Model "Gone"', 'Device Model "Lost"'],
		});
		expect(await projects()).toEqual(before);
	});
});

describe("POST /device_confirm", () => {
	test("claims a device without an owner, once", async () => {
		const d_id = await ccm.office.store.write(async (tables) => {
			const [device] = await tables.devices.list({ d_id: at.device });
			if (device === undefined) throw new Error("the workshop has no device");
			const id = tables.newId("d");
			const mac_addr = "00000000-0000-4000-8000-000000000099";
			await tables.devices.put({ ...device, d_id: id, mac_addr, u_id: null });
			return id;
		});
		const claim = (person: typeof TEACHER, id: unknown) =>
			ccm.json(person, "POST", "/device_confirm", { d_id: id });
		expect((await claim(STUDENT, d_id)).status).toBe(403);
		expect(await claim(OTHER, d_id)).toEqual({
			status: 200,
			body: { state: "ok", d_id, d_name: "dev" },
		});
		expect((await claim(TEACHER, d_id)).status).toBe(404);
		const again = await ccm.send(OTHER, "POST", "/device_confirm", {
			body: new URLSearchParams({ d_id: String(d_id) }),
		});
		expect(again.status).toBe(200);
		expect((await claim(OTHER, "x")).body.reason).toBe("field `d_id` should be type `int`");
		expect((await claim(OTHER, undefined)).body.reason).toBe("field `d_id` is required");
	});
});
