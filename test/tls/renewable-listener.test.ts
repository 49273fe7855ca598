import { expect, test } from "bun:test";
import { RenewableListener } from "../../src/tls/renewable-listener.ts";

/** Listeners that note what is done to them. */
function build() {
	const log: string[] = [];
	let count = 0;
	let failure: Error | undefined;
	const listener = new RenewableListener((port) => {
		if (failure !== undefined) throw failure;
		count += 1;
		const name = `#${count}`;
		log.push(`${name} on ${port}`);
		return {
			port: port === 0 ? 4711 : port,
			stop: (closesAll?: boolean) => void log.push(`${name} ${closesAll ? "closed" : "stopped"}`),
		};
	});
	return {
		log,
		listener,
		fail: (error: Error | undefined) => {
			failure = error;
		},
	};
}

test("a renewed one listens on the same port, and its connections are closed with the others", async () => {
	const { log, listener } = build();
	listener.renew();
	listener.open(0);
	listener.renew();
	expect([log, listener.port]).toEqual([["#1 on 0", "#1 stopped", "#2 on 4711"], 4711]);
	await listener.close();
	expect([log.slice(3), listener.port, listener.listener]).toEqual([
		["#1 closed", "#2 closed"],
		undefined,
		undefined,
	]);
});

test("a pause keeps the port, and is over with the resumption alone", () => {
	const { log, listener } = build();
	listener.pause();
	listener.resume();
	listener.open(80);
	listener.pause();
	listener.pause();
	listener.renew();
	expect([log, listener.port]).toEqual([["#1 on 80", "#1 stopped"], 80]);
	listener.resume();
	listener.resume();
	expect(log.slice(2)).toEqual(["#2 on 80"]);
});

test("a port that cannot be used throws, and can be tried again", () => {
	const { log, listener, fail } = build();
	listener.open(80);
	listener.pause();
	fail(new Error("in use"));
	expect(() => listener.resume()).toThrow("in use");
	fail(undefined);
	listener.resume();
	expect(log).toEqual(["#1 on 80", "#1 stopped", "#2 on 80"]);
});

test("at the end of accepting, all of them stop", async () => {
	const { log, listener } = build();
	listener.open(80);
	listener.renew();
	await listener.stopAccepting();
	expect(log.slice(3)).toEqual(["#1 stopped", "#2 stopped"]);
});

test("after the end of accepting nothing listens again, until it is opened", async () => {
	const { log, listener } = build();
	listener.open(80);
	await listener.stopAccepting();
	listener.renew();
	expect(log).toEqual(["#1 on 80", "#1 stopped"]);
	listener.pause();
	listener.resume();
	expect(log.filter((line) => line.includes(" on "))).toEqual(["#1 on 80"]);
	await listener.close();
	listener.open(81);
	listener.renew();
	expect(log.filter((line) => line.includes(" on "))).toEqual(["#1 on 80", "#2 on 81", "#3 on 81"]);
});

test("a pause before the end of accepting is not over with it", async () => {
	const { log, listener } = build();
	listener.open(80);
	listener.pause();
	await listener.stopAccepting();
	listener.resume();
	expect(log.filter((line) => line.includes(" on "))).toEqual(["#1 on 80"]);
});
