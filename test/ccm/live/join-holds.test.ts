import { expect, test } from "bun:test";
import type { TopicListener } from "../../../src/ccm/live/graph-monitor.ts";
import { JoinHolds } from "../../../src/ccm/live/join-holds.ts";
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
