import { expect, test } from "bun:test";
import { LiveDevices } from "../../../src/ccm/live/live-devices.ts";
import type { Person } from "../../../src/ccm/service/operation.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { until } from "../../support/waiting.ts";

const LATE = 999;
const person = (u_id: number): Person => ({ u_id, u_name: `p${u_id}`, role: "teacher" });

test("a person who got no stream, since the last was given away meanwhile, is looked up no more", async () => {
	const clock = new ManualClock();
	const asked: number[] = [];
	const { promise, resolve } = Promise.withResolvers<void>();
	const live = new LiveDevices({
		views: async ({ u_id }) => {
			asked.push(u_id);
			if (u_id === LATE) await promise;
			return [];
		},
		isSure: () => true,
		...{ clock, log: quietLog },
	});
	const late = live.open(person(LATE), () => true);
	for (let n = 0; n < 100; n++) {
		expect(await live.open(person(n % 20), () => true)).toBeInstanceOf(Response);
	}
	resolve();
	expect(await late).toEqual({ full: "server" });
	asked.length = 0;
	clock.move(1000);
	await until(() => clock.planned === 1, "the next look to be planned");
	expect(asked).toEqual(Array.from({ length: 20 }, (_, n) => n));
	live.stop();
});
