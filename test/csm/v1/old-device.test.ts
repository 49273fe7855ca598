import { beforeEach, expect, test } from "bun:test";
import { OldLinks } from "../../../src/csm/v1/links.ts";
import { OldDevice } from "../../../src/csm/v1/old-device.ts";
import { Samples } from "../../../src/csm/v1/samples.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const RECORD = {
	id: "f3d4308c-7e21-5b1c-b3f3-aaf20b44a528",
	profile: { model: "m", df_list: ["a-I"] },
} as unknown as ConstructorParameters<typeof OldDevice>[0];

let clock: ManualClock;
let links: OldLinks;
let published: string[];
let takes: () => Promise<void>;
beforeEach(async () => {
	clock = new ManualClock();
	links = new OldLinks();
	published = [];
	takes = async () => {};
	await links.attach({ daId: RECORD.id, mode: "idf", feature: "a-I" }, "topic");
});

const device = () =>
	new OldDevice(RECORD, new Map(), {
		broker: {
			publish: (_topic, payload) => {
				published.push(String(payload));
				return takes();
			},
			subscribe: async () => async () => {},
		},
		links,
		samples: new Samples(() => 0),
		clock,
		log: quietLog,
		report: () => {},
		offlineAfterMs: () => 1000,
	});

test("data are published as they were sent, before the answer", async () => {
	const one = device();
	await one.push("a-I", "[1.0, 2e3]", [1, 2000]);
	expect(published).toEqual(["[1.0, 2e3]"]);
	expect(clock.planned).toBe(1);
	one.stop();
	expect(clock.planned).toBe(0);
});

test("a device is answered within half a second while the broker cannot be reached", async () => {
	takes = () => new Promise(() => {});
	const one = device();
	let isAnswered = false;
	const answered = one.push("a-I", "[1]", [1]).then(() => {
		isAnswered = true;
	});
	clock.move(499);
	await Promise.resolve();
	expect(isAnswered).toBe(false);
	clock.move(1);
	await answered;
	expect(published).toEqual(["[1]"]);
});

test("what the broker refuses does not concern the device", async () => {
	takes = () => Promise.reject(new Error("full"));
	await device().push("a-I", "[1]", [1]);
	expect(published).toEqual(["[1]"]);
});
