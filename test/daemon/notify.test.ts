import { expect, test } from "bun:test";
import { serviceManager } from "../../src/daemon/notify.ts";
import { LONGEST_TIMEOUT_MS } from "../../src/kit/timers.ts";

test("a watchdog that waits for years is fed by a timer that can wait", () => {
	const manager = serviceManager({ NOTIFY_SOCKET: "@nobody", WATCHDOG_USEC: String(1e17) });
	expect(manager.feedEveryMs).toBe(LONGEST_TIMEOUT_MS);
	manager.close();
});
