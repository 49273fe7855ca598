import { describe, expect, test } from "bun:test";
import { Motion, type MotionSource, motionAt } from "../../../../src/web/phone/sensors/motion.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

type Types = MotionSource["types"];

/** A browser's sensors, of which the test makes events. */
class Body {
	readonly clock = new ManualClock();
	readonly #handlers = new Map<string, (event: Event) => void>();
	readonly motion: Motion;

	constructor({ isSecure = true, types = [{}, {}] }: { isSecure?: boolean; types?: Types } = {}) {
		const listen = (name: string, handler: (event: Event) => void) => {
			expect(this.#handlers.has(name)).toBe(false);
			this.#handlers.set(name, handler);
		};
		this.motion = new Motion({ isSecure, types, listen }, this.clock);
	}

	move(x: number | null, alpha: number | null = x): void {
		this.#handlers.get("devicemotion")?.({
			accelerationIncludingGravity: { x, y: x, z: x },
			rotationRate: { alpha, beta: alpha, gamma: alpha },
		} as unknown as Event);
	}

	turn(alpha: number | null): void {
		this.#handlers.get("deviceorientation")?.({ alpha, beta: 1, gamma: 2 } as unknown as Event);
	}

	get state(): string {
		return this.motion.state.value;
	}
}

describe("motion", () => {
	test("comes ten times a second, in short numbers", async () => {
		const body = new Body();
		await body.motion.start();
		expect([body.state, body.motion.asks]).toEqual(["asking", false]);
		const seen: unknown[] = [];
		const stop = body.motion.values("acceleration").subscribe((values) => seen.push(values));
		for (let event = 0; event < 60; event++) {
			body.move(event + 0.123456);
			body.clock.move(1000 / 60);
		}
		stop();
		expect(body.state).toBe("on");
		expect(seen.length).toBeWithin(9, 12);
		expect(seen[1]).toEqual([0.12, 0.12, 0.12]);
	});

	test("kinds are apart", async () => {
		const body = new Body();
		await body.motion.start();
		body.move(1, 20);
		body.turn(90);
		const kinds = ["acceleration", "gyroscope", "orientation"] as const;
		expect(kinds.map((kind) => body.motion.values(kind).value)).toEqual([
			...([
				[1, 1, 1],
				[20, 20, 20],
				[90, 1, 2],
			] as const),
		]);
	});

	test("a laptop, whose events have no numbers, is told apart from a phone", async () => {
		const body = new Body();
		await body.motion.start();
		body.move(null);
		body.clock.move(5_000);
		expect(body.state).toBe("silent");
		// It may still come.
		body.move(1);
		expect(body.state).toBe("on");
	});

	test("without HTTPS nothing comes, and that is why", async () => {
		const silent = new Body({ isSecure: false });
		await silent.motion.start();
		silent.clock.move(5_000);
		const none = new Body({ isSecure: false, types: [undefined, undefined] });
		await none.motion.start();
		const old = new Body({ types: [undefined, undefined] });
		await old.motion.start();
		expect([silent.state, none.state, old.state]).toEqual(["insecure", "insecure", "missing"]);
	});

	test("an iPhone asks for both in one tap; a refusal can be taken back", async () => {
		const asked: string[] = [];
		let answer = "denied";
		const asking = (name: string) => ({
			requestPermission: () => {
				asked.push(name);
				return Promise.resolve(answer);
			},
		});
		const body = new Body({ types: [asking("motion"), asking("orientation")] });
		expect(body.motion.asks).toBe(true);
		const started = body.motion.start();
		// Before anything is waited for: only then it is the same tap.
		expect(asked).toEqual(["motion", "orientation"]);
		await started;
		expect(body.state).toBe("denied");
		answer = "granted";
		await body.motion.start();
		body.move(1);
		expect(body.state).toBe("on");
		await body.motion.start();
	});

	test("what needs no question comes without a tap", async () => {
		const plain = new Body();
		await plain.motion.begin();
		expect(plain.state).toBe("asking");
		const granted = () => Promise.resolve("granted");
		const asking = new Body({ types: [{ requestPermission: granted }] });
		await asking.motion.begin();
		expect(asking.state).toBe("off");
		asking.move(1);
		expect(asking.state).toBe("on");
	});

	test("a question that fails is a refusal", async () => {
		const types = [{ requestPermission: () => Promise.reject(new Error("NotAllowedError")) }];
		const body = new Body({ types });
		await body.motion.start();
		const insecure = new Body({ types, isSecure: false });
		await insecure.motion.start();
		expect([body.state, insecure.state]).toEqual(["denied", "insecure"]);
	});

	test("a finger stands for what a phone would feel", () => {
		expect(motionAt("acceleration", 0, 0)).toEqual([0, -0, 9.81]);
		expect(motionAt("acceleration", 1, 0)).toEqual([9.81, -0, 0]);
		expect(Math.hypot(...motionAt("acceleration", 1, 1))).toBeCloseTo(9.81, 1);
		expect(motionAt("gyroscope", -1, 0.5)).toEqual([0, 90, -180]);
		expect(motionAt("orientation", 1, -1)).toEqual([0, -90, 90]);
	});
});
