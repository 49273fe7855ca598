// One way to misbehave after the other, each from a process of its own, while a well-behaved device is timed.
// IOTCTL_ATTACK_MS sets how long each lasts (npm run test:fuzz: 5000).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { call } from "../support/gateway.ts";
import { startBinary, type Target } from "../support/target.ts";
import { Attack, waysToAttack } from "./attacker.ts";
import { ownFailures, Probe, residentMiB, show } from "./probe.ts";

const ATTACK_MS = Number(process.env.IOTCTL_ATTACK_MS ?? 1000);

let target: Target;
let probe: Probe;
beforeAll(async () => {
	target = await startBinary({
		core: { bind: "0.0.0.0", auth: "off" },
		log: { level: "warn", format: "json" },
	});
	probe = await Probe.start(target);
	await probe.measure(1000);
	console.log(`no client misbehaves: ${show(await probe.measure(3000))}, ${memory()} MiB`);
});
afterAll(async () => {
	console.log(`at the end: ${show(await probe.measure(3000))}, ${memory()} MiB`);
	await probe.end();
	await target.dispose();
});

const memory = () => residentMiB(target.process?.pid ?? 0);

describe("others go on during", () => {
	test.each(waysToAttack().filter((way) => way !== "malformed packets"))("%s", async (way) => {
		// Right before, since the machine is not equally fast all the time.
		const calm = await probe.measure(ATTACK_MS / 2);
		const attack = await Attack.start(way, target);
		const timing = await probe.measure(ATTACK_MS);
		const health = (await call(target, "GET", "/health")).status;
		await attack.stop();
		const ratio = (timing.p50 / calm.p50).toFixed(1);
		const tail = (timing.p99 / calm.p99).toFixed(1);
		console.log(
			`${way}: ${show(timing)}; before p50 ${calm.p50.toFixed(2)} p99 ${calm.p99.toFixed(2)}; p50 x ${ratio}, p99 x ${tail}; ${memory()} MiB`,
		);
		expect([timing.lost, health, ownFailures(target)]).toEqual([0, 200, []]);
	});
});
