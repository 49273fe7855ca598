// Mutated packets of every type, with and without a session, while a well-behaved device is timed.
// IOTCTL_PACKETS sets how many (npm run test:fuzz: 200000), IOTCTL_SEED repeats a run.
import { expect, test } from "bun:test";
import { SEED } from "../support/chance.ts";
import { call } from "../support/gateway.ts";
import { startBinary } from "../support/target.ts";
import { ENDURANCE_MS } from "../support/waiting.ts";
import { Attack } from "./attacker.ts";
import { ownFailures, Probe, residentMiB, show, together } from "./probe.ts";

const PACKETS = Number(process.env.IOTCTL_PACKETS ?? 10_000);

test(
	`${PACKETS} malformed MQTT packets harm no other client`,
	async () => {
		const target = await startBinary({
			core: { bind: "0.0.0.0", auth: "off" },
			"core-mqtt": { "connect-timeout": 2 },
			log: { level: "warn", format: "json" },
		});
		const pid = target.process?.pid ?? 0;
		const probe = await Probe.start(target);
		await probe.measure(1000);
		const before = await probe.measure(5000);
		const memoryBefore = residentMiB(pid);
		const begun = performance.now();
		const attack = await Attack.start("malformed packets", target, String(SEED), String(PACKETS));
		const timings = [];
		while (!attack.isOver) timings.push(await probe.measure(2000));
		const seconds = (performance.now() - begun) / 1000;
		const memoryAfter = residentMiB(pid);
		const after = await probe.measure(2000);
		console.log(
			[
				`seed ${SEED}: ${attack.said.at(-1)} in ${seconds.toFixed(0)} s`,
				`  before: ${show(before)}`,
				...timings.slice(0, 5).map((timing) => `  during: ${show(timing)}`),
				`  during all of it: ${show(together(timings))}`,
				`  after:  ${show(after)}`,
				`  memory: ${memoryBefore} MiB before, ${memoryAfter} right after, ${residentMiB(pid)} now`,
			].join("\n"),
		);
		expect(attack.said.at(-1)).toContain("packets on");
		expect(ownFailures(target)).toEqual([]);
		expect(together([before, ...timings, after]).lost).toBe(0);
		expect((await call(target, "GET", "/health")).status).toBe(200);
		await probe.end();
		await target.dispose();
	},
	ENDURANCE_MS,
);
