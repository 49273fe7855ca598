import { describe, expect, test } from "bun:test";
import { Device } from "../../../../src/web/phone/server/device.ts";
import type {
	DeviceAccess,
	Opened,
	Shut,
	State,
} from "../../../../src/web/phone/server/device-access.ts";
import type { DownEnd, DownRequest } from "../../../../src/web/phone/server/down-readers.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { Asking } from "../support/asked.ts";

const OPENED: Opened = {
	...{ kind: "open", id: "dev", headers: { authorization: "Basic x" }, name: "first name" },
	features: [{ name: "A-I", type: "input", params: [] }],
};

/** A device whose server is the test. */
class Bench {
	readonly clock = new ManualClock();
	readonly asking = new Asking(() => ({ status: 204 }));
	/** Answers to requests for access, one after the other; the last one again and again. */
	readonly answers: (Opened | Shut)[] = [OPENED];
	opened = 0;
	/** Streams that were begun, the newest last. */
	readonly streams: { request: DownRequest; end(how: DownEnd): void }[] = [];
	/** Whether streams end at once. */
	isDown = false;
	readonly states: State[] = [];
	readonly device: Device;

	constructor({ hasCookie = false, refusal = "open again" as Shut | "open again" } = {}) {
		const access: DeviceAccess = {
			hasCookie,
			open: () => {
				const answer = this.answers[Math.min(this.opened++, this.answers.length - 1)];
				return Promise.resolve(answer ?? OPENED);
			},
			afterRefusal: () => refusal,
		};
		this.device = new Device(access, {
			...{ ask: this.asking.ask, clock: this.clock, random: () => 0.5 },
			read: (request) =>
				new Promise((resolve) => {
					const end = (how: DownEnd) => resolve(how);
					request.signal.addEventListener("abort", () => end({ kind: "lost" }));
					this.streams.push({ request, end });
					if (this.isDown) end({ kind: "lost" });
				}),
		});
		this.device.state.subscribe((state) => this.states.push(state));
	}

	async start(): Promise<this> {
		void this.device.run();
		await settled();
		return this;
	}

	/** An event of the newest stream. */
	async say(name: string, data: unknown): Promise<void> {
		const { request } = this.stream;
		request.onSign();
		request.onEvent(name, data);
		await settled();
	}

	async begin(...connected: string[]): Promise<void> {
		await this.say("state", { rev: "r1", name: "a name", connected });
	}

	async end(how: DownEnd = { kind: "lost" }): Promise<void> {
		this.stream.end(how);
		await settled();
	}

	async pass(ms: number): Promise<void> {
		for (let left = ms; left > 0; left -= 50) {
			this.clock.move(50);
			await settled();
		}
	}

	get stream() {
		const stream = this.streams.at(-1);
		if (stream === undefined) throw new Error("no stream was begun");
		return stream;
	}

	get sent(): unknown[] {
		return this.asking.asked.map(({ body }) => body);
	}

	get state(): State {
		return this.device.state.value;
	}
}

async function settled(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe("a page as a device", () => {
	test("is ready when its stream has begun, and knows its name and links", async () => {
		const bench = await new Bench().start();
		const { url, headers } = bench.stream.request;
		expect([url, headers]).toEqual(["dev/down", OPENED.headers]);
		expect([bench.state, bench.device.name.value]).toEqual(["starting", "first name"]);
		await bench.begin("A-I");
		expect([bench.state, bench.device.name.value, bench.device.rev]).toEqual([
			...(["ready", "a name", "r1"] as const),
		]);
		await bench.say("connect", "B-O");
		await bench.say("disconnect", "A-I");
		expect([...bench.device.connected.value]).toEqual(["B-O"]);
	});

	test("sends values of linked features to its own address", async () => {
		const bench = await new Bench().start();
		await bench.begin("A-I");
		bench.device.send("A-I", [1]);
		await settled();
		expect(bench.asking.asked).toEqual([
			{ method: "POST", url: "dev/up", authorization: "Basic x", body: ["A-I", [1]] },
		]);
	});

	test("a feature that is linked later has its newest value sent then; presses are not kept", async () => {
		const bench = await new Bench().start();
		await bench.begin();
		bench.device.send("A-I", [1]);
		bench.device.send("A-I", [2]);
		bench.device.press("Button-I1", [1]);
		await bench.pass(200);
		expect(bench.sent).toEqual([]);
		await bench.say("connect", "A-I");
		await bench.say("connect", "Button-I1");
		await bench.pass(200);
		expect(bench.sent).toEqual([["A-I", [2]]]);
	});

	test("tells each value that comes, also the same one again", async () => {
		const bench = await new Bench().start();
		await bench.begin("B-O");
		const seen: unknown[] = [];
		bench.device.received("B-O").subscribe((received) => seen.push(received?.value));
		await bench.say("data", ["B-O", [1]]);
		await bench.say("data", ["B-O", [1]]);
		await bench.say("data", ["C-O", [9]]);
		expect(seen).toEqual([undefined, [1], [1]]);
	});

	test.each([["state"], ["connect"], ["disconnect"], ["data"], ["other"]])(
		"gets over nonsense in %s",
		async (name) => {
			const bench = await new Bench().start();
			for (const data of [undefined, null, 7, [], {}, "x"]) await bench.say(name, data);
			await bench.begin("A-I");
			expect(bench.state).toBe("ready");
		},
	);

	test("a server that is gone is asked again after growing pauses, and a word says so", async () => {
		const bench = await new Bench().start();
		await bench.begin("A-I");
		bench.isDown = true;
		await bench.end();
		expect(bench.state).toBe("away");
		await bench.pass(20_000);
		const tries = bench.streams.length;
		expect(tries).toBeWithin(5, 8);
		bench.isDown = false;
		await bench.pass(8_000);
		await bench.begin("A-I");
		expect(bench.state).toBe("ready");
		bench.device.send("A-I", [1]);
		await settled();
		expect(bench.sent).toEqual([["A-I", [1]]]);
	});

	test("a stream that lived long and ends is started again without a word", async () => {
		const bench = await new Bench().start();
		await bench.begin("A-I");
		await bench.pass(15_000);
		await bench.end();
		await bench.begin("A-I");
		expect(bench.streams.length).toBe(2);
		expect(bench.states).toEqual(["starting", "ready"]);
	});

	test("waking up tries at once, and drops a stream that may be dead", async () => {
		const bench = await new Bench().start();
		bench.isDown = true;
		await bench.end();
		await bench.pass(10_000);
		const before = bench.streams.length;
		bench.isDown = false;
		bench.device.wake();
		await settled();
		expect(bench.streams.length).toBe(before + 1);
		await bench.begin();
		bench.device.wake();
		await settled();
		expect(bench.streams.length).toBe(before + 1);
		// The phone slept.
		bench.clock.skip(60_000);
		bench.device.wake();
		await settled();
		expect(bench.streams.length).toBe(before + 2);
	});

	test("values that are refused end the stream, and the server is asked why", async () => {
		const bench = new Bench({ hasCookie: true });
		bench.answers.push({ kind: "stop", state: "ended" });
		await bench.start();
		await bench.begin("A-I");
		bench.asking.answer = () => ({ status: 410 });
		bench.device.send("A-I", [1]);
		await bench.pass(2_000);
		expect([bench.state, bench.opened, bench.device.connected.value.size]).toEqual(["ended", 2, 0]);
		await bench.pass(60_000);
		expect(bench.opened).toBe(2);
	});

	test("one that was deregistered stays so until someone wants it back", async () => {
		const bench = await new Bench({ refusal: { kind: "stop", state: "removed" } }).start();
		await bench.begin("A-I");
		await bench.say("removed", null);
		expect(bench.state).toBe("removed");
		bench.device.wake();
		await bench.pass(60_000);
		expect([bench.state, bench.opened]).toEqual(["removed", 1]);
		bench.device.again();
		await settled();
		await bench.begin("A-I");
		expect([bench.state, bench.opened]).toEqual(["ready", 2]);
	});

	test("a stream that is refused says so too", async () => {
		const bench = await new Bench({ refusal: { kind: "stop", state: "elsewhere" } }).start();
		await bench.end({ kind: "refused", status: 401 });
		expect(bench.state).toBe("elsewhere");
	});

	test("access that is not given is asked for again, or has its reason shown", async () => {
		const bench = new Bench();
		bench.answers.unshift(
			{ kind: "wait", state: "away", retryAfterS: 5 },
			{ kind: "stop", state: "refused", reason: "because" },
		);
		await bench.start();
		await bench.pass(4_000);
		expect([bench.state, bench.opened]).toEqual(["away", 1]);
		await bench.pass(2_000);
		expect([bench.state, bench.device.reason]).toEqual(["refused", "because"]);
		bench.device.again();
		await settled();
		await bench.begin();
		expect(bench.state).toBe("ready");
	});

	test("a stream that tells nothing of refusals makes a member ask for access again", async () => {
		const bench = await new Bench({ hasCookie: true }).start();
		await bench.end();
		await bench.pass(2_000);
		expect(bench.opened).toBe(2);
	});

	test("says when it sends less often", async () => {
		const bench = await new Bench().start();
		await bench.begin("A-I");
		bench.asking.answer = () => ({ status: 429, retryAfterS: 1 });
		bench.device.send("A-I", [1]);
		await settled();
		expect([bench.device.isSlow.value, bench.state]).toEqual([true, "ready"]);
	});
});
