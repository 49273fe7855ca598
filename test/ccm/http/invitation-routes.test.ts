import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";
import { invite, type OpenClass, openClass, Phone, standing } from "../support/class.ts";
import { STUDENT, TEACHER } from "../support/office.ts";

let ccm: CcmHttp;
let place: OpenClass;
beforeEach(async () => {
	ccm = await CcmHttp.start({ present: [TEACHER, STUDENT] });
	place = await openClass(ccm);
});
afterEach(() => ccm.stop());

const share = (may: "look" | "edit") =>
	ccm.office.service.call("share_project", TEACHER, {
		...{ p_id: place.p_id, u_id: STUDENT.u_id, may },
	});

describe("inviting phones", () => {
	test("answers a code, how long it lasts and where it is typed", async () => {
		const made = await invite(ccm, place, { hours: 1, seats: 30 });
		expect(made.code).toMatch(/^[A-Z]{6}$/);
		expect(made).toMatchObject({ left_s: 3600, seats: 30 });
		expect(made.until).toBe(Date.parse("2026-09-01T09:00:00Z") / 1000);
		// By 127.0.0.1 no phone comes: the address in the network is told.
		expect(made.address).toBe("http://192.0.2.7:9992/join");
		const port = new URL(ccm.server.url).port;
		const { body } = await ccm.json(TEACHER, "POST", `/csm${place.block}/invitation`);
		expect(body).toMatchObject({ address: "http://192.0.2.7:9992/csm/join", local_only: false });
		const named = await ccm.send(TEACHER, "POST", `${place.block}/invitation`, {
			headers: { host: `192.168.7.9:${port}` },
		});
		expect(await named.json()).toMatchObject({ address: `http://192.168.7.9:${port}/join` });
	});

	test("shows who is there; afterwards too, but no end", async () => {
		expect(await standing(ccm, place)).toEqual({
			...{ until: null, left_s: 0, mark: 0, taken: 0, seats: null, members: [], wrong: 0 },
		});
		const { code } = await invite(ccm, place);
		const id = await new Phone(ccm.server.url).join(code, "小明");
		expect(await ccm.json(TEACHER, "DELETE", `${place.block}/invitation`)).toMatchObject({
			...{ status: 200, body: { state: "ok", do_id: place.do_id } },
		});
		expect(await standing(ccm, place)).toMatchObject({
			...{ until: null, left_s: 0, taken: 1, seats: 40 },
			members: [{ seat: 0, nickname: "小明", da_id: id }],
		});
	});

	test("refuses in words what it cannot do", async () => {
		const said = async (method: string, path: string, body?: object) => {
			const answer = await ccm.json(TEACHER, method, path, body);
			return [answer.status, answer.body.reason];
		};
		const at = `/api/v1/projects/${place.p_id}/blocks`;
		expect(await said("POST", `${at}/99999/invitation`)).toEqual([
			...[404, "Device Object id 99999 not found"],
		]);
		expect((await said("GET", `${at}/x/invitation`))[0]).toBe(404);
		expect(await said("DELETE", `${place.block}/seats/3`)).toEqual([
			...[404, "a phone on seat 3 not found"],
		]);
		expect((await said("DELETE", `${place.block}/seats/-1`))[0]).toBe(404);
		expect((await said("POST", `${place.block}/invitation`, { hours: 100 }))[0]).toBe(400);
		const { status } = await ccm.json(null, "GET", `${place.block}/invitation`);
		expect(status).toBe(401);
		expect((await ccm.json(STUDENT, "GET", `${place.block}/invitation`)).status).toBe(404);
	});

	test("is for those who may edit; nicknames are not told to those who may look", async () => {
		await share("look");
		const { code } = await invite(ccm, place);
		const [editor, viewer] = [
			await ccm.events(TEACHER, place.p_id),
			await ccm.events(STUDENT, place.p_id),
		];
		await viewer.next("project");
		expect(await editor.next("invitation")).toMatchObject({ do_id: place.do_id, taken: 0 });
		await new Phone(ccm.server.url).join(code, "小明");
		const told = await editor.next("invitation", ({ taken }) => taken === 1);
		expect(told.members).toMatchObject([{ nickname: "小明" }]);
		await viewer.next("changes");
		await ccm.json(TEACHER, "DELETE", `${place.block}/seats/0`);
		await editor.next("invitation", ({ taken }) => taken === 0);
		await viewer.next("changes", ({ changes }) => changes[0]?.kind === "unbind");
		expect(viewer.all.filter(({ name }) => name === "invitation")).toEqual([]);
		expect((await ccm.json(STUDENT, "POST", `${place.block}/invitation`)).status).toBe(404);
		await share("edit");
		expect((await ccm.json(STUDENT, "POST", `${place.block}/invitation`)).status).toBe(200);
		await Promise.all([editor.leave(), viewer.leave()]);
	});
});

describe("the page of a phone", () => {
	test("is there for every UUID, and for nothing else", async () => {
		const id = crypto.randomUUID();
		const page = await new Phone(ccm.server.url).send("GET", `/da/${id}`);
		expect(page.status).toBe(200);
		expect(page.headers.get("content-type")).toContain("text/html");
		expect((await new Phone(ccm.server.url).send("GET", "/da/Nothing")).status).toBe(404);
	});

	test("is told nothing without its cookie, and why its seat is gone", async () => {
		const { code } = await invite(ccm, place);
		const one = new Phone(ccm.server.url);
		const id = await one.join(code);
		expect((await new Phone(ccm.server.url).info(id)).status).toBe(401);
		expect((await one.info(id)).status).toBe(200);
		const again = await one.send("GET", `/da/${id}/info`);
		// An invitation may be prolonged for longer than a cookie lasts.
		expect(again.headers.getSetCookie().map((text) => text.split("=", 1)[0])).toEqual([
			...["iottalk-da", `iottalk-seat-${place.do_id}`],
		]);
		expect(again.headers.get("cache-control")).toBe("no-store");
		await ccm.json(TEACHER, "DELETE", `${place.block}/seats/0`);
		expect(await one.info(id)).toMatchObject({
			...{ status: 410, body: { state: "error", why: "removed" } },
		});
		expect((await one.info(crypto.randomUUID())).status).toBe(401);
	});
});
