import { describe, expect, test } from "bun:test";
import { GRACE_MS } from "../../../src/ccm/invitations/seat-keeper.ts";
import { Lesson } from "../support/lesson.ts";
import { TEACHER } from "../support/office.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;

describe("a phone that is not bound any more", () => {
	test("stays for half a minute, in which an undo brings it back", async () => {
		const room = await Lesson.open();
		const code = await room.invite();
		const id = await room.join(code);
		await room.change({ kind: "unbind", do_id: room.do_id, seat: 0 });
		await room.pass(GRACE_MS - 1);
		expect(room.devices.removed).toEqual([]);
		await room.office.service.call("undo_project", TEACHER, { p_id: room.p_id });
		await room.pass(DAY - HOUR);
		expect(room.devices.removed).toEqual([]);
		expect((await room.block()).bindings).toEqual([{ seat: 0, mac_addr: id }]);
		await room.change({ kind: "unbind", do_id: room.do_id, seat: 0 });
		await room.pass(GRACE_MS);
		expect(room.devices.removed).toEqual([id]);
		const { seats, former } = await room.kept();
		expect(seats).toEqual([]);
		expect(former).toMatchObject([{ da_id: id, why: "removed" }]);
	});

	test("goes with its block, half a minute later, and so does the code", async () => {
		const room = await Lesson.open();
		const code = await room.invite();
		const ids = [await room.join(code), await room.join(code)];
		await room.change({ kind: "remove_block", do_id: room.do_id });
		const joining = () =>
			room.invitations.joining.look(code, { page: undefined, address: "10.0.0.1" });
		expect((await joining()).kind).toBe("ended");
		await room.pass(GRACE_MS);
		expect(room.devices.removed.sort()).toEqual(ids.sort());
		expect(await room.kept()).toMatchObject({ seats: [], invitations: [] });
		expect((await joining()).kind).toBe("wrong");
	});

	test("comes back with its block", async () => {
		const room = await Lesson.open();
		const id = await room.join(await room.invite());
		await room.change({ kind: "remove_block", do_id: room.do_id });
		await room.pass(GRACE_MS - 1);
		await room.office.service.call("undo_project", TEACHER, { p_id: room.p_id });
		await room.pass(GRACE_MS * 3);
		expect(room.devices.removed).toEqual([]);
		expect((await room.block()).bindings).toEqual([{ seat: 0, mac_addr: id }]);
	});

	test("goes when there are fewer seats", async () => {
		const room = await Lesson.open();
		const code = await room.invite();
		const [first, second] = [await room.join(code), await room.join(code)];
		await room.change({ kind: "set_seats", do_id: room.do_id, seats: 1 });
		await room.pass(GRACE_MS);
		expect(room.devices.removed).toEqual([second]);
		expect((await room.kept()).seats.map(({ da_id }) => da_id)).toEqual([first]);
	});

	test("goes at once with its project", async () => {
		const room = await Lesson.open();
		const id = await room.join(await room.invite());
		await room.office.service.call("delete_project", TEACHER, { p_id: room.p_id });
		await room.settled();
		expect(room.devices.removed).toEqual([id]);
		expect(await room.kept()).toMatchObject({ seats: [], invitations: [] });
	});

	test("goes after a restart, also where the server was killed right then", async () => {
		const room = await Lesson.open();
		const id = await room.join(await room.invite());
		room.office.onChanged = () => {};
		await room.office.service.call("delete_project", TEACHER, { p_id: room.p_id });
		expect(room.devices.removed).toEqual([]);
		await room.restart(false);
		expect(room.devices.removed).toEqual([id]);
	});

	test("is no one's where the server was killed before it was kept", async () => {
		const room = await Lesson.open();
		const code = await room.invite();
		const place = await room.place(code);
		const { store } = room.office;
		const { write } = store;
		const { promise: killed, resolve: kill } = Promise.withResolvers<void>();
		room.devices.before = async () => {
			store.write = () => {
				kill();
				return new Promise(() => {});
			};
		};
		void room.tryToJoin(place);
		await killed;
		expect(room.devices.all.size).toBe(1);
		store.write = write;
		room.devices.before = async () => {};
		await room.restart(false);
		expect(room.devices.all.size).toBe(0);
		const id = await room.join(code);
		expect((await room.kept()).former.map(({ da_id }) => da_id)).not.toContain(id);
	});
});

test("what cannot be read is looked at again a minute later", async () => {
	const room = await Lesson.open();
	const id = await room.join(await room.invite());
	const { store } = room.office;
	const { read } = store;
	store.read = () => Promise.reject(new Error("disk trouble"));
	await room.office.service.call("delete_project", TEACHER, { p_id: room.p_id });
	await room.settled();
	expect(room.devices.removed).toEqual([]);
	store.read = read;
	await room.pass(MINUTE);
	expect(room.devices.removed).toEqual([id]);
});

describe("a device that is gone", () => {
	test("leaves its seat free", async () => {
		const room = await Lesson.open();
		const code = await room.invite();
		const [first] = [await room.join(code, "小明"), await room.join(code)];
		room.devices.expire(first);
		await room.settled();
		expect((await room.block()).bindings.map(({ seat }) => seat)).toEqual([1]);
		expect(await room.join(code)).not.toBe(first);
		expect((await room.block()).bindings.map(({ seat }) => seat)).toEqual([0, 1]);
	});

	test("without a word, since no one was there to hear it, leaves its seat free with the next list", async () => {
		const room = await Lesson.open();
		const code = await room.invite();
		const [first, second] = [await room.join(code), await room.join(code)];
		room.devices.all.delete(first);
		// The list may be older than what it leaves out.
		room.devices.tell({ type: "resync", devices: new Map() });
		await room.settled();
		expect((await room.kept()).seats.map(({ da_id }) => da_id)).toEqual([second]);
		expect((await room.block()).bindings.map(({ seat }) => seat)).toEqual([1]);
	});

	test("while seats cannot be read leaves its seat free a minute later", async () => {
		const room = await Lesson.open();
		const id = await room.join(await room.invite());
		const { store } = room.office;
		const { read } = store;
		store.read = () => Promise.reject(new Error("disk trouble"));
		room.devices.expire(id);
		await room.settled();
		store.read = read;
		expect((await room.kept()).seats).toHaveLength(1);
		await room.pass(MINUTE);
		expect((await room.kept()).seats).toEqual([]);
	});

	test("which had no seat changes nothing", async () => {
		const room = await Lesson.open();
		await room.join(await room.invite());
		await room.devices.register({
			...{ da_id: "x", name: "x", model: "x", idf_list: [], odf_list: [] },
		});
		const { rev } = await room.document();
		room.devices.expire("x");
		await room.settled();
		expect((await room.document()).rev).toBe(rev);
	});

	test("and cannot be removed is tried again", async () => {
		const room = await Lesson.open();
		const id = await room.join(await room.invite());
		let isBroken = true;
		room.devices.before = async (what) => {
			if (what === "remove" && isBroken) throw new Error("disk full");
		};
		await room.call("remove_seat", { seat: 0 });
		await room.settled();
		expect(room.devices.removed).toEqual([]);
		isBroken = false;
		await room.pass(MINUTE);
		expect(room.devices.removed).toEqual([id]);
	});
});

describe("a day after the end of an invitation", () => {
	test("seats, nicknames and devices go, and for another day their phones are told why", async () => {
		const room = await Lesson.open();
		const id = await room.join(await room.invite({ hours: 2 }), "小明");
		await room.pass(2 * HOUR + DAY - MINUTE);
		expect((await room.kept()).seats).toHaveLength(1);
		await room.pass(2 * MINUTE);
		const { seats, invitations, former } = await room.kept();
		expect({ seats, invitations }).toEqual({ seats: [], invitations: [] });
		expect(former).toMatchObject([{ da_id: id, why: "ended" }]);
		expect((await room.block()).bindings).toEqual([]);
		expect(room.devices.removed).toEqual([id]);
		expect(await room.invitations.members.find(id, "x")).toEqual({ kind: "former", why: "ended" });
		await room.pass(DAY + MINUTE);
		expect((await room.kept()).former).toEqual([]);
		expect(await room.invitations.members.find(id, "x")).toEqual({ kind: "stranger" });
	});

	test("not before, where it is prolonged by another code", async () => {
		const room = await Lesson.open();
		await room.join(await room.invite({ hours: 1 }));
		await room.pass(HOUR + DAY - MINUTE);
		await room.invite({ hours: 1 });
		await room.pass(DAY);
		expect((await room.kept()).seats).toHaveLength(1);
		await room.pass(HOUR + MINUTE);
		expect((await room.kept()).seats).toHaveLength(0);
	});

	test("sooner, where it was ended by hand", async () => {
		const room = await Lesson.open();
		await room.join(await room.invite({ hours: 24 }));
		await room.pass(MINUTE);
		await room.call("end_invitation");
		await room.pass(DAY + MINUTE);
		expect((await room.kept()).seats).toEqual([]);
	});
});

describe("the time until then", () => {
	test("goes on over restarts, and stands while no server runs", async () => {
		const room = await Lesson.open();
		const code = await room.invite({ hours: 1 });
		await room.join(code);
		// Ten short runs, each shorter than the time between two checks.
		for (let n = 0; n < 10; n++) {
			await room.pass(30_000);
			await room.restart();
		}
		expect(await room.call("get_invitation")).toMatchObject({ left_s: 3600 - 300, taken: 1 });
		await room.pass(55 * MINUTE);
		const look = await room.invitations.joining.look(code, { page: undefined, address: "::1" });
		expect(look.kind).toBe("ended");
	});

	test("is off by a minute at most after a kill", async () => {
		const room = await Lesson.open();
		await room.invite({ hours: 1 });
		for (let n = 0; n < 10; n++) await room.pass(MINUTE);
		await room.pass(59_000);
		await room.restart(false);
		expect(await room.call("get_invitation")).toMatchObject({ left_s: 50 * 60 });
	});

	test("has nothing to do with the clock on the wall", async () => {
		const room = await Lesson.open();
		await room.join(await room.invite({ hours: 1 }));
		const { now } = Date;
		try {
			for (const years of [-50, 50]) {
				Date.now = () => now() + years * 365 * DAY;
				await room.pass(2 * MINUTE);
				await room.restart();
			}
		} finally {
			Date.now = now;
		}
		expect(await room.call("get_invitation")).toMatchObject({ left_s: 3600 - 240, taken: 1 });
	});
});

test("nothing is written while there are no phones", async () => {
	const room = await Lesson.open();
	let writes = 0;
	const { store } = room.office;
	const write = store.write.bind(store);
	store.write = (work) => {
		writes += 1;
		return write(work);
	};
	await room.pass(DAY);
	await room.invitations.stop();
	expect(writes).toBe(0);
});
