import { expect, test } from "bun:test";
import { recvInto } from "../../../src/dataflow/python/channel-recv.ts";
import { until } from "../../support/waiting.ts";

test("takes what is there, and waits for nothing", async () => {
	const child = Bun.spawn(["/bin/sh", "-c", "read line; printf hello >&3; read line"], {
		stdio: ["pipe", "ignore", "ignore", "pipe"],
	});
	const descriptor = child.stdio[3];
	if (typeof descriptor !== "number") throw new Error("There is no descriptor");
	const buffer = Buffer.allocUnsafeSlow(4);
	const recv = recvInto(descriptor, buffer);
	if (recv === undefined) throw new Error("There is no C library");
	expect(recv()).toBeLessThan(0);
	child.stdin.write("\n");
	await child.stdin.flush();
	await until(() => recv() > 0, "the bytes");
	expect(buffer.toString("latin1", 0, 4)).toBe("hell");
	expect([recv(), buffer.toString("latin1", 0, 1)]).toEqual([1, "o"]);
	child.stdin.write("\n");
	await child.stdin.end();
	await child.exited;
	expect(recv()).toBe(0);
});
