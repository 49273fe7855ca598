import { beforeEach, describe, expect, test } from "bun:test";
import { type Answer, OldConnection } from "../../../src/csm/v1/connection.ts";
import { jsonReply } from "../../../src/csm/v1/replies.ts";
import { BodyMemory } from "../../../src/http/mod.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { until } from "../../support/waiting.ts";

const MEMORY_BYTES = 16 << 20;

/** A socket whose other side takes as many bytes as it is told to. */
class Socket {
	said = "";
	room = Number.POSITIVE_INFINITY;
	readonly events: string[] = [];
	readonly remoteAddress = "192.0.2.1";
	readonly localAddress = "192.0.2.2";
	write(bytes: Uint8Array): number {
		const taken = Math.min(bytes.length, this.room);
		this.room -= taken;
		this.said += Buffer.from(bytes.subarray(0, taken)).toString();
		return taken;
	}
	end = () => void this.events.push("end");
	terminate = () => void this.events.push("terminate");
	pause = () => void this.events.push("pause");
	resume = () => void this.events.push("resume");
	get statuses(): string[] {
		return [...this.said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = ""]) => status);
	}
	get is(): string | undefined {
		return this.events.filter((event) => event !== "resume").at(-1);
	}
}

let clock: ManualClock;
let socket: Socket;
beforeEach(() => {
	clock = new ManualClock();
	socket = new Socket();
});
const open = (answer: Answer = async ({ target }) => jsonReply({ target })) =>
	new OldConnection(socket, { answer, memory: new BodyMemory(MEMORY_BYTES), clock, log: quietLog });
const send = (connection: OldConnection, text: string) => connection.receive(Buffer.from(text));
const GET = (path: string) => `GET ${path} HTTP/1.1\r\n\r\n`;
const answered = (count: number) =>
	until(() => socket.statuses.length === count, `${count} answers`);

test("requests are answered in their order, however long one takes", async () => {
	const waiting: (() => void)[] = [];
	const connection = open(async ({ target }) => {
		if (target === "/slow") await new Promise<void>((resolve) => waiting.push(resolve));
		return jsonReply({ target });
	});
	send(connection, `${GET("/slow")}${GET("/fast")}`);
	send(connection, GET("/last"));
	await until(() => waiting.length === 1, "the slow one");
	expect(socket.said).toBe("");
	waiting[0]?.();
	await answered(3);
	const targets = [...socket.said.matchAll(/"target":"(.*?)"/g)].map(([, target]) => target);
	expect(targets).toEqual(["/slow", "/fast", "/last"]);
	expect(socket.is).toBeUndefined();
});

test("a request that cannot be read is refused behind what came before it", async () => {
	send(open(), `${GET("/a")}nonsense\r\n\r\n${GET("/b")}`);
	await until(() => socket.is === "end", "its end");
	expect(socket.statuses).toEqual(["200", "400"]);
	expect(socket.said).toContain("Connection: close");
});

test("what the server fails at is answered 500", async () => {
	send(
		open(async () => {
			throw new Error("no");
		}),
		GET("/a"),
	);
	await until(() => socket.is === "end", "its end");
	expect(socket.statuses).toEqual(["500"]);
});

test("a client that waits with its body is told to send it", () => {
	send(open(), "PUT /M/f HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	expect(socket.said).toBe("HTTP/1.1 100 Continue\r\n\r\n");
});

test("a client that closes its side gets its answers, then the connection ends", async () => {
	const connection = open();
	send(connection, `${GET("/a")}${GET("/b")}`);
	connection.finish();
	await until(() => socket.is === "end", "its end");
	expect(socket.statuses).toEqual(["200", "200"]);
	const silent = new Socket();
	new OldConnection(silent, {
		answer: async () => jsonReply({}),
		memory: new BodyMemory(MEMORY_BYTES),
		clock,
		log: quietLog,
	}).finish();
	expect(silent.is).toBe("end");
});

test("HTTP/1.0 closes behind the answer; HEAD gets no content", async () => {
	send(open(), "HEAD /a HTTP/1.0\r\n\r\n");
	await until(() => socket.is === "end", "its end");
	expect(socket.said).toContain("Content-Length: 16\r\n");
	expect(socket.said).toEndWith("\r\n\r\n");
});

describe("a client that is slow", () => {
	test("gets the rest when it takes more, and nothing else is read until then", async () => {
		const connection = open();
		socket.room = 10;
		send(connection, GET("/a"));
		await until(() => socket.said.length === 10, "ten bytes");
		send(connection, `${GET("/b")}${" ".repeat(70_000)}`);
		expect(socket.is).toBe("pause");
		socket.room = Number.POSITIVE_INFINITY;
		connection.drained();
		await answered(2);
		await until(() => socket.events.at(-1) === "resume", "it to be read again");
	});

	test("gets ten seconds for a request and for an answer, a minute between them", async () => {
		const connection = open();
		clock.move(59_999);
		expect(socket.is).toBeUndefined();
		send(connection, GET("/a"));
		await answered(1);
		await until(() => socket.events.at(-1) === "resume", "the next request to be waited for");
		send(connection, " ");
		clock.move(59_999);
		expect(socket.is).toBeUndefined();
		clock.move(1);
		expect(socket.is).toBe("terminate");
	});

	test("is cut off in the middle of a request, however it trickles", () => {
		const connection = open();
		send(connection, "GET /a");
		clock.move(9000);
		send(connection, "b");
		clock.move(999);
		expect(socket.is).toBeUndefined();
		clock.move(1);
		expect(socket.is).toBe("terminate");
	});

	test("is not cut off while it takes its answer, however long that is", async () => {
		socket.room = 5;
		const connection = open();
		send(connection, GET("/a"));
		await until(() => socket.said.length === 5, "five bytes");
		for (const taken of [10, 15]) {
			clock.move(9000);
			socket.room = 5;
			connection.drained();
			expect([socket.is, socket.said.length]).toEqual([undefined, taken]);
		}
		clock.move(10_000);
		expect(socket.is).toBe("terminate");
	});

	test("is cut off when it does not take its answer, or is gone", async () => {
		socket.room = 5;
		send(open(), GET("/a"));
		await until(() => socket.said.length === 5, "five bytes");
		clock.move(10_000);
		expect(socket.is).toBe("terminate");
		const gone = new Socket();
		gone.write = () => -1;
		const answer = async () => jsonReply({});
		send(
			new OldConnection(gone, {
				...{ answer, clock },
				memory: new BodyMemory(MEMORY_BYTES),
				log: quietLog,
			}),
			GET("/a"),
		);
		await until(() => gone.is === "terminate", "the end");
	});
});
