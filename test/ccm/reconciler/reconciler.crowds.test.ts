// A crowd of forty devices at a real CSM: who joins, who leaves, and how it takes part.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import type { Reconciler } from "../../../src/ccm/reconciler/reconciler.ts";
import { story } from "../../support/story.ts";
import { startTarget, type Target } from "../../support/target.ts";
import { until } from "../../support/waiting.ts";
import { Classroom, PHONES } from "../support/classroom.ts";
import { LiveRig } from "../support/live-rig.ts";

const NA = 7;
/** Seats in the order in which they are taken: not that of their numbers. */
const SEATS = Array.from({ length: PHONES }, (_, n) => (n * 7 + 3) % PHONES);

describe("a crowd of forty and a lamp", () => {
	let target: Target;
	let room: Classroom;
	let rig: LiveRig;
	beforeAll(async () => {
		target = await startTarget();
		room = await Classroom.open(target);
		rig = await LiveRig.start(target.mqtt);
		await rig.settle();
	});
	afterAll(async () => {
		await rig.end();
		await room.client.end();
		await target.dispose();
	});

	const running = () => {
		const states = rig.reconciler.states(1);
		const all = states.flatMap(({ links, join }) => [...links.values(), ...(join ? [join] : [])]);
		expect(all.filter(({ state }) => state !== "running")).toEqual([]);
		return states.length;
	};
	const signals = () => ({ connects: room.connects, disconnects: room.disconnects });
	/** What the lamp gets when each of these says something, one after another. */
	const said = async (seats: readonly number[], color: (seat: number) => number[]) => {
		room.lampValues.length = 0;
		for (const seat of seats) {
			const topic = room.topics.get(room.ids[seat] ?? "") ?? "";
			await room.client.publish(topic, color(seat));
		}
		await until(() => room.lampValues.length === seats.length, "all of them at the lamp", {
			seen: () => `${room.lampValues.length} ${room.lampValues.at(-1)}`,
		});
		return room.lampValues.map((text) => JSON.parse(text) as number[]);
	};

	const step = story("a lesson");

	step("begins with the lamp alone", async () => {
		rig.reconciler.update(1, room.crowd("each", NA, []));
		await rig.settle();
		await until(() => room.connects === 1, "the lamp's signal");
		expect(running()).toBe(1);
	});

	step("takes one after another in, each with a graph of its own and no one cut off", async () => {
		rig.takeOps();
		for (let count = 1; count <= PHONES; count++) {
			rig.reconciler.update(1, room.crowd("each", NA, SEATS.slice(0, count)));
		}
		await rig.settle();
		// The one for the lamp alone goes when the first member is there.
		expect(rig.takeOps()).toEqual({ attach: PHONES, add_link: 2 * PHONES, detach: 1 });
		await until(() => room.connects === PHONES + 1, "all signals");
		expect([running(), room.disconnects]).toEqual([PHONES, 0]);
		const colors = await said(SEATS, (seat) => [seat, 10, 20]);
		expect(colors.map(([red]) => red)).toEqual(SEATS);
	});

	step("takes another one's graph alone when one leaves or comes", async () => {
		const [first = 0, ...others] = SEATS;
		rig.reconciler.update(1, room.crowd("each", NA, others));
		await rig.settle();
		expect(rig.takeOps()).toEqual({ detach: 1 });
		await until(() => room.disconnects === 1, "the one that left");
		rig.reconciler.update(1, room.crowd("each", NA, [...others, first]));
		await rig.settle();
		expect(rig.takeOps()).toEqual({ attach: 1, add_link: 2 });
		await until(() => room.connects === PHONES + 2, "the one that came back");
	});

	step("goes together and apart again and again without a signal to anyone", async () => {
		const before = signals();
		for (let time = 0; time < 3; time++) {
			rig.reconciler.update(1, room.crowd("together", NA, SEATS));
			await rig.settle();
			expect(rig.takeOps()).toEqual({
				...{ attach: 1, add_funcs: 1, add_link: PHONES + 1, set_join: 1, detach: PHONES },
			});
			expect(running()).toBe(1);
			// The first one's colour is the average of one; later ones of all that have spoken.
			const order = time === 0 ? SEATS : SEATS.toReversed();
			const colors = await said(order, (seat) => [seat * 2, 10, 20]);
			expect(colors[0]).toEqual([(order[0] ?? 0) * 2, 10, 20]);
			expect(colors.at(-1)).toEqual([PHONES - 1, 10, 20]);
			rig.reconciler.update(1, room.crowd("each", NA, SEATS));
			await rig.settle();
			expect(rig.takeOps()).toEqual({
				...{ attach: PHONES, add_link: 2 * PHONES, detach: 1 },
			});
			expect(running()).toBe(PHONES);
		}
		expect(signals()).toEqual(before);
		const colors = await said(SEATS, (seat) => [seat, 1, 2]);
		expect(colors.map(([red]) => red)).toEqual(SEATS);
	});

	step(
		"takes in and lets go together, with the same function and no one else cut off",
		async () => {
			const { connects, disconnects } = signals();
			rig.reconciler.update(1, room.crowd("together", NA, SEATS.slice(0, 20)));
			await rig.settle();
			await until(() => room.disconnects === disconnects + 20, "those that left");
			rig.takeOps();
			rig.reconciler.update(1, room.crowd("together", NA, SEATS));
			await rig.settle();
			expect(rig.takeOps()).toEqual({ add_link: 20 });
			await until(() => room.connects === connects + 20, "those that came");
			rig.reconciler.update(1, room.crowd("together", NA, SEATS.slice(5)));
			await rig.settle();
			expect(rig.takeOps()).toEqual({ rm_link: 5 });
			await until(() => room.disconnects === disconnects + 25, "five more that left");
			expect(room.connects).toBe(connects + 20);
		},
	);

	step("goes over while answers are lost, and still no one is cut off", async () => {
		const { connects } = signals();
		rig.reconciler.update(1, room.crowd("each", NA, SEATS));
		await rig.settle();
		await until(() => room.connects === connects + 5, "all to be there");
		const before = signals();
		await rig.end();
		const specs = room.crowd("each", NA, SEATS);
		const left = (reconciler: Reconciler) => {
			reconciler.recall(specs.map(({ graph }) => ({ graph, links: [], settled: "" })));
			reconciler.update(1, specs);
		};
		rig = await LiveRig.start(target.mqtt, "ccm", left, 2000);
		await rig.settle();
		let count = 0;
		rig.mqtt.loses = ({ topic }) => topic.includes("/graph/") && ++count % 15 === 0;
		rig.reconciler.update(1, room.crowd("together", NA, SEATS));
		await rig.settle();
		rig.reconciler.update(1, room.crowd("each", NA, SEATS));
		await rig.settle();
		rig.mqtt.loses = () => false;
		expect(running()).toBe(PHONES);
		expect(signals()).toEqual(before);
	});
});
