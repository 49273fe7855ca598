import { expect, test } from "bun:test";
import type { BrokerConnection } from "../../src/mqtt/broker-connection.ts";
import { RetainedLook } from "../../src/mqtt/retained-look.ts";

/** A connection that is asked, and told when that is over. */
function asked(isConnected = true) {
	const { promise, resolve } = Promise.withResolvers<void>();
	const connection: Pick<BrokerConnection, "isConnected" | "requestRetained"> = {
		isConnected,
		requestRetained: () => promise,
	};
	return { connection: connection as BrokerConnection, resolve };
}

const A = new TextEncoder().encode("a");

test("finds what is retained while it looks, and nothing else", async () => {
	const look = new RetainedLook();
	const { connection, resolve } = asked();
	look.take("before", A, true);
	const found = look.under(["r/#"], connection);
	look.take("r/1", A, true);
	look.take("r/2", A, false);
	resolve();
	expect([...(await found).keys()]).toEqual(["r/1"]);
	expect((await look.under(["r/#"], asked(false).connection)).size).toBe(0);
});

test("a look that ends takes nothing from another one that goes on", async () => {
	const look = new RetainedLook();
	const [one, other] = [asked(), asked()];
	const [first, second] = [
		look.under(["r/#"], one.connection),
		look.under(["r/#"], other.connection),
	];
	look.take("r/1", A, true);
	one.resolve();
	await first;
	look.take("r/2", A, true);
	other.resolve();
	expect([...(await second).keys()]).toEqual(["r/1", "r/2"]);
});
