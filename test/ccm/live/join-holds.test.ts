import { describe, expect, test } from "bun:test";
import type { TopicListener } from "../../../src/ccm/live/graph-monitor.ts";
import { JoinHolds } from "../../../src/ccm/live/join-holds.ts";
import type { CcmStore } from "../../../src/ccm/store/port.ts";
import type { Change } from "../../../src/contract/mod.ts";
import { quietLog } from "../../support/log.ts";
import { until } from "../../support/waiting.ts";
import { uuid } from "../support/documents.ts";
import { Office, TEACHER } from "../support/office.ts";
import { furnish } from "../support/workshop.ts";

test("a client that knows one graph of a join follows the first member of a crowd", async () => {
	const office = await Office.open(false);
	const at = await furnish(office);
	await office.store.write(async (tables) => {
		for (const number of [1, 2]) {
			await tables.devices.put({
				...{ d_id: tables.newId("d"), mac_addr: uuid(number), d_name: "", status: "online" },
				...{ dm_name: "FooModel", u_id: TEACHER.u_id, is_sim: false, register_time: 0 },
				...{ extra_setup_webpage: "", device_webpage: "" },
			});
		}
	});
	/** Graph → who hears its topic. */
	const held = new Map<string, TopicListener>();
	const hold = (graph: string, tell: TopicListener) => {
		held.set(graph, tell);
		return () => held.delete(graph);
	};
	const holds = new JoinHolds({ hold }, { store: office.store, log: quietLog });
	office.onChanged = (pId) => holds.changed(pId);
	const change = async (...changes: Change[]) => {
		const { rev: base_rev } = await office.project(at.p);
		await office.service.call("change_project", TEACHER, { p_id: at.p, base_rev, changes });
	};
	const watches = (graph: string) =>
		until(() => [...held.keys()].join() === graph, `only ${graph} to be watched`, {
			seen: () => [...held.keys()].join(),
		});
	const told: (string | undefined)[] = [];
	const end = holds.hold(at.fooJoin, (topic) => told.push(topic));
	const [graph, do_id] = [String(at.fooJoin), at.fooObject];
	await watches(graph);
	held.get(graph)?.(undefined);
	held.get(graph)?.("a");
	await change(...[{ kind: "set_seats", do_id, seats: 9 } as const], {
		kind: "bind",
		do_id,
		seat: 6,
		mac_addr: uuid(1),
	});
	await watches(`${graph}-6`);
	// It is not there yet.
	held.get(`${graph}-6`)?.(undefined);
	held.get(`${graph}-6`)?.("b");
	held.get(`${graph}-6`)?.(undefined);
	await change({ kind: "bind", do_id, seat: 4, mac_addr: uuid(2) });
	await watches(`${graph}-4`);
	await change({ kind: "set_crowd_rule", na_id: at.fooJoin, crowd: "together" });
	await watches(graph);
	held.get(graph)?.("c");
	expect(told).toEqual([undefined, "a", "b", undefined, "c"]);
	end();
	expect(held.size).toBe(0);
	await change({ kind: "set_crowd_rule", na_id: at.fooJoin, crowd: "each" });
	expect(held.size).toBe(0);
});

describe("a database that answers late", () => {
	/** @param lateRead Number of the read that is answered when it is told. */
	async function open(lateRead: number) {
		const office = await Office.open(false);
		const at = await furnish(office);
		const { promise, resolve: answer } = Promise.withResolvers<void>();
		const seen = { reads: 0, answers: 0 };
		const store: Pick<CcmStore, "read"> = {
			read: async (work) => {
				const number = seen.reads++;
				const found = await office.store.read(work);
				if (number === lateRead) await promise;
				seen.answers += 1;
				return found;
			},
		};
		const held = new Set<string>();
		const hold = (graph: string) => {
			held.add(graph);
			return () => held.delete(graph);
		};
		const holds = new JoinHolds({ hold }, { store, log: quietLog });
		/** Has one member, at a seat. */
		const seat = async (number: number) => {
			const project = await office.project(at.p);
			const bindings = [{ seat: number, mac_addr: uuid(number) }];
			const blocks = project.blocks.map((block) =>
				block.do_id === at.fooObject ? { ...block, seats: 9, bindings } : block,
			);
			await office.store.write(({ projects }) => projects.put({ ...project, blocks }));
			holds.changed(at.p);
		};
		const answered = async (count: number) => {
			answer();
			await until(() => seen.answers === count, `${count} answers`);
			await Bun.sleep(0);
			return [...held];
		};
		return { at, seen, held, holds, seat, answered };
	}

	test("does not bring back what a project was before its last change", async () => {
		const { at, seen, held, holds, seat, answered } = await open(1);
		holds.hold(at.fooJoin, () => {});
		await until(() => held.size === 1, "the join to be watched");
		await seat(6);
		await until(() => seen.reads === 2, "the first change to be read");
		await seat(4);
		await Bun.sleep(0);
		expect(await answered(3)).toEqual([`${at.fooJoin}-4`]);
	});

	test("does not hide a change that comes before it has said which project it is", async () => {
		const { at, seen, holds, seat, answered } = await open(0);
		holds.hold(at.fooJoin, () => {});
		await until(() => seen.reads === 1, "the join to be looked up");
		await seat(6);
		expect(await answered(2)).toEqual([`${at.fooJoin}-6`]);
	});
});
