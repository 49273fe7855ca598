import { beforeEach, describe, expect, test } from "bun:test";
import { ControlChannel } from "../../../src/csm/v1/control-channel.ts";
import { ManualClock } from "../../support/manual-clock.ts";

let clock: ManualClock;
let linked: Set<string>;
let said: string[];
beforeEach(() => {
	clock = new ManualClock();
	linked = new Set();
	said = [];
});

const channel = (features: readonly string[], model = "m") =>
	new ControlChannel({
		...{ features, model, clock },
		isLinked: (feature) => linked.has(feature),
		put: (text) => said.push(text),
	});
const FLAGS = (flags: string) => `["SET_DF_STATUS",{"cmd_params":["${flags}"]}]`;
const RESUME = '["RESUME",{"cmd_params":[]}]';
const SUSPEND = '["SUSPEND",{"cmd_params":[]}]';
const echo = (flags: string) => ["SET_DF_STATUS_RSP", { cmd_params: [flags] }];

describe("v1-http.md §7 a device is told", () => {
	test("its flags once for several links, and to resume when it says them", () => {
		const control = channel(["a", "b", "a", "__Ctl_O__"]);
		linked.add("b");
		control.changed();
		clock.move(200);
		linked.add("a");
		control.changed();
		clock.move(299);
		expect(said).toEqual([]);
		clock.move(1);
		expect(said).toEqual([FLAGS("1110")]);
		control.answered(echo("0000"));
		control.answered(["SET_DF_STATUS_RSP", { cmd_params: [] }]);
		control.answered(["SET_DF_STATUS_RSP"]);
		expect(said).toHaveLength(1);
		control.answered(echo("1110"));
		control.answered(echo("1110"));
		expect(said).toEqual([FLAGS("1110"), RESUME]);
	});

	test("to resume 3 s after it saw its flags, and 40 s after them if it did not", () => {
		const control = channel(["a"]);
		linked.add("a");
		control.changed();
		clock.move(300);
		clock.move(20_000);
		control.polled();
		clock.move(2000);
		control.polled();
		clock.move(999);
		expect(said).toHaveLength(1);
		clock.move(1);
		expect(said.at(-1)).toBe(RESUME);
		linked.clear();
		control.changed();
		clock.move(300);
		linked.add("a");
		control.changed();
		clock.move(300);
		clock.move(39_999);
		expect(said.slice(2)).toEqual([SUSPEND, FLAGS("1")]);
		clock.move(1);
		expect(said.at(-1)).toBe(RESUME);
	});

	test("nothing when its flags are what they were, or it never had a link", () => {
		const control = channel(["a", "b"]);
		linked.add("other");
		control.changed();
		clock.move(300);
		linked.add("a");
		control.changed();
		clock.move(300);
		linked.delete("a");
		control.changed();
		linked.add("a");
		control.changed();
		clock.move(300);
		expect(said).toEqual([FLAGS("10")]);
	});

	test("to stop when its last link is gone, and then not to resume", () => {
		const control = channel(["a"]);
		linked.add("a");
		control.changed();
		clock.move(300);
		control.polled();
		linked.clear();
		control.changed();
		clock.move(60_000);
		expect(said).toEqual([FLAGS("1"), SUSPEND]);
	});

	test("to stop also when its links go before its flags are told: it may send by those of before a restart", () => {
		const control = channel(["a"]);
		linked.add("a");
		control.changed();
		clock.move(299);
		linked.clear();
		control.changed();
		clock.move(300);
		control.changed();
		clock.move(300);
		expect(said).toEqual([SUSPEND]);
	});

	test("by its model: all features of a MorSensor, neither resume nor stop to a remote control", () => {
		linked.add("a");
		for (const model of ["MorSensor", "Remote_control", "Message"]) {
			channel(["a", "b"], model).changed();
		}
		clock.move(60_000);
		expect(said).toEqual([FLAGS("11"), FLAGS("10"), FLAGS("10"), RESUME]);
	});

	test("nothing more after its end", () => {
		const control = channel(["a"]);
		linked.add("a");
		control.changed();
		control.stop();
		clock.move(60_000);
		expect(said).toEqual([]);
	});
});
