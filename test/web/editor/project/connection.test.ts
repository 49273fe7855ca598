import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
	Connection,
	LONGEST_PAUSE_MS,
	SILENT_MS,
} from "../../../../src/web/editor/project/connection.ts";
import type { Contact } from "../../../../src/web/editor/project/open-project.ts";
import { until } from "../../../support/waiting.ts";
import { documentOf, everything, ScriptedServer } from "../support/scripted-project.ts";

describe("a connection", () => {
	let server: ScriptedServer;
	let contact: Contact[];
	let heard: string[];
	let connection: Connection;
	beforeEach(() => {
		server = new ScriptedServer();
		contact = [];
		heard = [];
		connection = new Connection("api/v1/projects/3", server.deps, {
			onEvent: ({ name }) => heard.push(name),
			onOpened: () => {},
			onContact: (now) => contact.push(now),
		});
	});
	afterEach(() => connection.close());

	const is = (state: Contact["state"]) => until(() => contact.at(-1)?.state === state, state);
	const begin = async (count = 1) => {
		const stream = await server.stream(count);
		stream.tell("project", everything(documentOf(1)));
		await is("live");
		return stream;
	};

	test("is live from the first event on", async () => {
		connection.start();
		await server.stream();
		expect(contact).toEqual([]);
		await begin();
	});

	test("says at once that a stream has ended, and comes back by itself", async () => {
		connection.start();
		(await begin()).end();
		await is("lost");
		expect(contact.at(-1)).toEqual({ state: "lost", since: 0 });
		server.clock.move(500);
		await begin(2);
	});

	test("waits longer each time, and asks at once when the network is back", async () => {
		connection.start();
		await begin();
		server.refuse = () => new Response("", { status: 502 });
		(await server.stream()).end();
		let losses = 1;
		for (const pause of [400, 800, 1600, 3200, 6400, 12_800, LONGEST_PAUSE_MS, LONGEST_PAUSE_MS]) {
			const lost = () => contact.filter(({ state }) => state === "lost").length;
			await until(() => lost() === losses, "loss");
			server.clock.move(pause - 1);
			expect(lost()).toBe(losses);
			server.clock.move(1);
			losses += 1;
		}
		server.refuse = undefined;
		server.page("online");
		await begin(2);
		expect(contact.filter(({ state }) => state === "lost")).toContainEqual({
			...{ state: "lost", since: 0 },
		});
	});

	test("waits as long as a full server asks for", async () => {
		server.refuse = () => new Response("", { status: 503, headers: { "retry-after": "5" } });
		connection.start();
		await is("lost");
		server.refuse = undefined;
		server.clock.move(4999);
		expect(server.streams).toEqual([]);
		server.clock.move(1);
		await begin();
	});

	test("takes a silent stream for lost, and no other", async () => {
		connection.start();
		const stream = await begin();
		server.clock.move(SILENT_MS - 1);
		stream.write(": a comment\n\n");
		stream.tell("people", []);
		await until(() => heard.includes("people"), "what was written");
		server.clock.move(1);
		expect(contact.at(-1)).toEqual({ state: "live" });
		server.clock.move(SILENT_MS);
		await is("lost");
		expect(stream.signal.aborted).toBe(true);
	});

	test("is closed while the page is hidden, and begins again with everything", async () => {
		connection.start();
		const stream = await begin();
		server.isHidden = true;
		server.page("visibility");
		expect(stream.signal.aborted).toBe(true);
		expect(server.clock.planned).toBe(0);
		server.isHidden = false;
		server.page("visibility");
		expect(contact.at(-1)).toEqual({ state: "loading" });
		await begin(2);
	});

	test("opens no stream for a page that was opened hidden", async () => {
		server.isHidden = true;
		connection.start();
		expect(server.streams).toEqual([]);
		server.isHidden = false;
		server.page("visibility");
		await begin();
	});

	test("knows at once that the network is gone", async () => {
		connection.start();
		const stream = await begin();
		server.page("offline");
		expect(contact.at(-1)?.state).toBe("lost");
		expect(stream.signal.aborted).toBe(true);
	});

	test("ends where the project is gone", async () => {
		server.refuse = () => new Response("", { status: 404 });
		connection.start();
		await is("ended");
		expect(contact.at(-1)).toEqual({ state: "ended", reason: "gone" });
		server.page("online");
		expect(server.clock.planned).toBe(0);
	});

	test("ends where the server cannot read the project, and not for an error that may pass", async () => {
		server.refuse = () => new Response("internal error", { status: 500 });
		connection.start();
		await is("lost");
		server.refuse = () => Response.json({ is_unreadable: true }, { status: 500 });
		server.clock.move(LONGEST_PAUSE_MS);
		await is("ended");
		expect(contact.at(-1)).toEqual({ state: "ended", reason: "unreadable" });
		server.page("online");
		expect(server.clock.planned).toBe(0);
	});

	test("goes on after the login that a request has asked for", async () => {
		server.refuse = () => new Response("", { status: 401 });
		connection.start();
		await is("lost");
		expect(contact[0]).toEqual({ state: "ended", reason: "login" });
		server.refuse = undefined;
		server.clock.move(0);
		await begin();
	});

	test("hears nothing more once it is closed", async () => {
		connection.start();
		const stream = await begin();
		connection.close();
		expect(stream.signal.aborted).toBe(true);
		expect(server.clock.planned).toBe(0);
		server.page("offline");
		expect(contact.at(-1)).toEqual({ state: "live" });
	});
});
