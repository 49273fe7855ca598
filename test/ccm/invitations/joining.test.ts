import { describe, expect, test } from "bun:test";
import { until } from "../../support/waiting.ts";
import { Lesson } from "../support/lesson.ts";
import { ADMIN, TEACHER } from "../support/office.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;

describe("a phone that joins", () => {
	test("has all features of the model, and belongs to the project's owner", async () => {
		const room = await Lesson.open();
		const id = await room.join(await room.invite());
		expect(room.devices.all.get(id)).toMatchObject({
			...{ model: "FooModel", name: "FooModel-1", owner: TEACHER.u_name },
			idf_list: [["foo", [null, null, null]]],
			odf_list: [["bar", [null]]],
		});
	});

	test("changes the document by one revision, as no person, and leaves steps as they are", async () => {
		const room = await Lesson.open();
		const code = await room.invite();
		await room.change({ kind: "set_status", status: "on" });
		await room.office.service.call("undo_project", TEACHER, { p_id: room.p_id });
		const before = await room.document();
		room.news.length = 0;
		const id = await room.join(code);
		const after = await room.document();
		expect(after.rev).toBe(before.rev + 1);
		expect(room.news).toMatchObject([
			{
				...{ kind: "changes", by: { u_id: 0 } },
				changes: [{ kind: "bind", do_id: room.do_id, mac_addr: id, seat: 0 }],
			},
			{ kind: "invitation", p_id: room.p_id, do_id: room.do_id },
		]);
		await room.office.service.call("redo_project", TEACHER, { p_id: room.p_id });
		expect((await room.document()).status).toBe("on");
	});

	test("takes another seat where its own was bound meanwhile", async () => {
		const room = await Lesson.open();
		const code = await room.invite({ seats: 3 });
		room.devices.before = async (what) => {
			if (what !== "register") return;
			room.devices.before = async () => {};
			await room.join(code);
		};
		const slow = await room.join(code);
		const quick = [...room.devices.all.keys()].find((id) => id !== slow) ?? "";
		expect((await room.block()).bindings).toEqual([
			{ seat: 0, mac_addr: slow },
			{ seat: 1, mac_addr: quick },
		]);
	});

	test("leaves no device where the class ends while it joins", async () => {
		const room = await Lesson.open();
		const place = await room.place(await room.invite());
		room.devices.before = async (what) => {
			if (what === "register") await room.call("end_invitation");
		};
		await room.pass(1000);
		expect((await room.tryToJoin(place)).kind).toBe("ended");
		expect(room.devices.all.size).toBe(0);
		expect((await room.block()).bindings).toEqual([]);
	});

	test("leaves no device where it gets no seat, though the device cannot be removed at once", async () => {
		const room = await Lesson.open();
		const place = await room.place(await room.invite());
		let isAway = true;
		room.devices.before = async (what) => {
			if (what === "register") await room.call("end_invitation");
			if (what === "remove" && isAway) throw new Error("its node does not answer");
		};
		await room.pass(1000);
		expect((await room.tryToJoin(place)).kind).toBe("failed");
		expect(room.devices.all.size).toBe(1);
		isAway = false;
		await room.pass(MINUTE);
		expect(room.devices.all.size).toBe(0);
	});

	test("leaves nothing where it cannot be kept, and the next one joins", async () => {
		const room = await Lesson.open();
		const place = await room.place(await room.invite({ seats: 1 }));
		const { store } = room.office;
		const { write } = store;
		store.write = () => Promise.reject(new Error("disk full"));
		expect((await room.tryToJoin(place)).kind).toBe("failed");
		store.write = write;
		expect(room.devices.all.size).toBe(0);
		expect((await room.tryToJoin(place)).kind).toBe("joined");
		expect((await room.tryToJoin(place)).kind).toBe("full");
	});

	test("finds a block without seats full", async () => {
		const room = await Lesson.open();
		const code = await room.invite();
		await room.change({ kind: "set_seats", do_id: room.do_id, seats: null });
		const place = await room.place(code);
		expect(place.isFull).toBe(true);
		expect((await room.tryToJoin(place)).kind).toBe("full");
	});
});

describe("a code", () => {
	test("ends with its time, and opens to no one else by guessing while it does", async () => {
		const room = await Lesson.open();
		const code = await room.invite({ hours: 1 });
		const look = (page: string, address: string, text = code) =>
			room.invitations.joining.look(text, { page, address });
		for (let n = 0; n < 3; n++) await look("p", "a", "BBBBBB");
		expect(await look("p", "a")).toEqual({ kind: "slow", seconds: 1 });
		expect((await look("q", "a")).kind).toBe("open");
		await room.pass(1000);
		expect((await look("p", "a")).kind).toBe("open");
		await room.pass(HOUR);
		expect((await look("p", "a")).kind).toBe("ended");
	});

	test("is guessed no faster by many requests at once", async () => {
		const room = await Lesson.open();
		const code = await room.invite();
		const looks = await Promise.all(
			Array.from({ length: 500 }, (_, n) =>
				room.invitations.joining.look(n === 450 ? code : "BBBBBB", {
					...{ page: undefined, address: "192.0.2.1" },
				}),
			),
		);
		expect(looks.filter(({ kind }) => kind === "wrong")).toHaveLength(100);
		expect(looks[450]?.kind).toBe("slow");
	});

	test("that is wrong is told to the client that shows one, once a second", async () => {
		const room = await Lesson.open();
		await room.invite();
		room.news.length = 0;
		const look = () =>
			room.invitations.joining.look("BBBBBB", { page: undefined, address: "192.0.2.1" });
		for (let n = 0; n < 20; n++) await look();
		expect(room.news).toEqual([]);
		room.clock.move(1000);
		await until(() => room.news.length > 0, "the news");
		expect(room.news).toEqual([{ kind: "invitation", p_id: room.p_id, do_id: room.do_id }]);
		expect(await room.call("get_invitation")).toMatchObject({ wrong: 20 });
		await room.invite();
		expect(await room.call("get_invitation")).toMatchObject({ wrong: 0 });
	});
});

describe("what a phone is told", () => {
	test("are the features its block shows, with the model's ranges and units", async () => {
		const room = await Lesson.open();
		await room.office.store.write(async ({ models, units }) => {
			await units.put({ unit_id: 5, unit_name: "cm/s" });
			const [model] = await models.list({ dm_name: "FooModel" });
			if (model === undefined) throw new Error("no model");
			const members = model.members.map((one) => ({
				...one,
				params: one.params.map((param) => ({ ...param, param_type: "int", max: 255, unit_id: 5 })),
			}));
			await models.put({ ...model, members });
		});
		const id = await room.join(await room.invite(), "小明");
		const password = `password-of-${id}`;
		const [first] = (await room.block()).ports;
		await room.change({ kind: "set_features", do_id: room.do_id, df_ids: [first?.df_id] });
		expect(await room.invitations.members.find(id, password)).toEqual({
			kind: "member",
			info: {
				...{ seat: 0, name: "FooModel-1", nickname: "小明", project: "plan", block: room.do_id },
				model: "FooModel",
				features: [
					{
						...{ name: "foo", type: "input" },
						params: Array(3).fill({ type: "int", min: 0, max: 255, unit: "cm/s" }),
					},
				],
			},
		});
		for (const wrong of [undefined, "", "x", `password-of-${id}x`]) {
			expect(await room.invitations.members.find(id, wrong)).toEqual({ kind: "stranger" });
		}
	});

	test("that it was removed", async () => {
		const room = await Lesson.open();
		const id = await room.join(await room.invite());
		await room.call("remove_seat", { seat: 0 });
		await room.settled();
		const told = await room.invitations.members.find(id, "x");
		expect(told).toEqual({ kind: "former", why: "removed" });
	});
});

describe("an invitation", () => {
	test("gives a block forty seats, or those it is asked for, as a step to undo", async () => {
		const room = await Lesson.open();
		await room.invite();
		expect((await room.block()).seats).toBe(40);
		await room.invite({ seats: 12 });
		expect((await room.block()).seats).toBe(12);
		await room.invite();
		expect((await room.block()).seats).toBe(12);
		await expect(room.invite({ seats: 201 })).rejects.toThrow("200");
		await room.office.service.call("undo_project", TEACHER, { p_id: room.p_id });
		expect((await room.block()).seats).toBe(40);
	});

	test("lasts four hours, or 1 to 24", async () => {
		const room = await Lesson.open();
		const made = await room.call("make_invitation");
		expect(made).toMatchObject({ left_s: 4 * 3600, seats: 40, do_id: room.do_id });
		expect(await room.call("make_invitation", { hours: 24 })).toMatchObject({ left_s: 24 * 3600 });
		for (const hours of [0, 25, 1.5, "1"]) {
			await expect(room.call("make_invitation", { hours })).rejects.toThrow("hours");
		}
	});

	test("cannot be made where devices are another server's", async () => {
		const room = await Lesson.open();
		room.office.invitations = { ...room.office.invitations, isPossible: false };
		await expect(room.invite()).rejects.toThrow("one server: iotctl start");
		expect((await room.block()).seats).toBeNull();
	});

	test("is written down without its code, and without nicknames", async () => {
		const room = await Lesson.open();
		const code = await room.invite({ hours: 2 });
		await room.join(code, "小明");
		await room.call("remove_seat", { seat: 0 });
		await room.call("end_invitation");
		const { entries } = (await room.office.service.call("get_audit", ADMIN, {})) as {
			entries: readonly { operation: string; details: object; u_name: string }[];
		};
		expect(entries.slice(0, 3)).toMatchObject([
			{ operation: "end_invitation", details: { do_id: room.do_id } },
			{ operation: "remove_seat", u_name: TEACHER.u_name, details: { seat: 0 } },
			{ operation: "make_invitation", details: { do_id: room.do_id, hours: 2, seats: 40 } },
		]);
		const written = JSON.stringify(entries);
		expect(written).not.toContain(code);
		expect(written).not.toContain("小明");
	});

	test("keeps its code as a hash only", async () => {
		const room = await Lesson.open();
		const code = await room.invite();
		expect(JSON.stringify(await room.kept())).not.toContain(code);
	});
});
