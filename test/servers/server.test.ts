import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Type } from "@sinclair/typebox";
import { section } from "../../src/config/mod.ts";
import { json, type Route, routeReading } from "../../src/http/mod.ts";
import { createLogger } from "../../src/kit/log.ts";
import type { ServerModule } from "../../src/servers/module.ts";
import { Server } from "../../src/servers/server.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";
import { isInUse } from "../../src/store/store.ts";
import { until } from "../support/waiting.ts";
import { LAMPS, lamps } from "./support/lamps.ts";

const CSM = (await SERVER_MODULES.load()).find(({ name }) => name === "csm");
if (CSM === undefined) throw new Error("there is no module csm");

const silent = () =>
	createLogger({ level: "error", components: new Map(), format: "json", write: () => {} });

let userdir: string;
beforeEach(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-server-"));
});
afterEach(() => rmSync(userdir, { recursive: true }));

const ini = (text = "") =>
	SERVER_MODULES.ini
		.with([LAMPS])
		.parse(
			"test.ini",
			`[core]\nuserdir = ${userdir}\nhttp-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n${text}`,
		);

const build = (modules: readonly ServerModule[], text?: string) =>
	new Server(ini(text), silent(), modules);

describe("a second module", () => {
	test("brings all it has without a change of the core", async () => {
		const said: string[] = [];
		const server = build([CSM, lamps(said)], "[lamps]\nmax-lamps = 1\n");
		const { http } = await server.start();
		const ask = (path: string, init?: RequestInit) =>
			fetch(`http://127.0.0.1:${http}${path}`, init);
		const lit = async (name: string) =>
			(
				await ask("/lamps", {
					method: "PUT",
					headers: { "Content-Type": "application/json" },
					body: JSON.stringify({ name }),
				})
			).json();
		try {
			expect(said).toEqual(["start with room for 1"]);
			expect(await lit("desk")).toEqual({ lit: 1 });
			expect((await ask("/health")).status).toBe(200);
			expect(await lit("hall")).toEqual({ lit: 2 });
			const health = await ask("/health");
			expect([health.status, await health.json()]).toMatchObject([
				503,
				{ reasons: ["2 lamps are lit"] },
			]);
			expect(await (await ask("/metrics")).text()).toContain("\nlamps_lit 2\n");
			const document = JSON.stringify(await (await ask("/api/openapi")).json());
			expect(document).toContain("Light a lamp");
			expect(server.state.warnings).toContain("lamps get warm");
			expect(server.summary).toStartWith("0 of 0 devices online, 0 graphs");
			expect(server.summary).toContain("2 lamps lit");
			expect(server.reload(ini("[lamps]\nmax-lamps = 3\n"))).toEqual({
				applied: ["lamps.max-lamps"],
				needRestart: [],
			});
			expect(server.state.problems).toEqual([]);
		} finally {
			await server.stop();
		}
		expect(said.slice(1)).toEqual(["finish", "stop"]);
	});

	test("does without CSM", async () => {
		const server = build([lamps()]);
		const { http } = await server.start();
		try {
			const url = `http://127.0.0.1:${http}`;
			expect((await fetch(`${url}/health`)).status).toBe(200);
			expect((await fetch(`${url}/api/status`)).status).toBe(404);
			expect(server.summary).toBe("0 lamps lit; lamps get warm");
		} finally {
			await server.stop();
		}
	});
});

test("a server, without its modules, imports nothing of devices, graphs, projects or the data path", () => {
	const seen = new Set<string>();
	const follow = (path: string): string[] => {
		if (seen.has(path)) return [];
		seen.add(path);
		const imports = readFileSync(path, "utf8").matchAll(/ from "(\.[^"]+\.ts)"/g);
		return [...imports].flatMap(([, to = ""]) => {
			if (to.startsWith("./")) return follow(join(dirname(path), to));
			return /^\.\.\/(csm|ccm|csm-client|dataflow)\//.test(to) ? [`${path}: ${to}`] : [];
		});
	};
	expect(follow(join(import.meta.dir, "../../src/servers/server.ts"))).toEqual([]);
	expect(seen.size).toBeGreaterThan(10);
});

test("a server stops without waiting for pages that watch it", async () => {
	const lines: string[] = [];
	const log = createLogger({ level: "warn", format: "json", write: (line) => lines.push(line) });
	const server = new Server(ini(), log, [CSM]);
	const { http } = await server.start();
	const events = await fetch(`http://127.0.0.1:${http}/api/events`);
	const reader = events.body?.getReader();
	expect((await reader?.read())?.done).toBe(false);
	await server.stop();
	expect(lines.filter((line) => line.includes("did not finish in time"))).toEqual([]);
	while ((await reader?.read())?.done === false);
});

test("a broker that cannot be used leaves the database free", async () => {
	const config = ini();
	const mqtt = {
		...config["core-mqtt"],
		broker: "external",
		"password-file": "/nowhere/x",
	} as const;
	expect(() => new Server({ ...config, "core-mqtt": mqtt }, silent(), [CSM])).toThrow(
		'Cannot read "/nowhere/x" (password-file in [core-mqtt])',
	);
	await until(() => !isInUse(join(userdir, "iottalk.db")), "the database to be closed");
});

describe("modules that clash keep a server from being built", () => {
	const other = (changes: Partial<ServerModule>, routes: readonly Route[] = []): ServerModule => ({
		name: "shades",
		build: () => ({ parts: [], routes, problems: () => [], metrics: () => [] }),
		...changes,
	});

	test("with the same ini section: both modules and the section are named", () => {
		const shades = other({ sections: [section("shades", "lamps", "Shades.", {})] });
		expect(() => build([lamps(), shades])).toThrow(
			'modules "lamps" and "shades" both have an ini section: [lamps] and [lamps]',
		);
		const own = other({ sections: [section("shades", "core-mqtt", "Shades.", {})] });
		expect(() => build([own])).toThrow(
			'modules "broker" and "shades" both have an ini section: [core-mqtt] and [core-mqtt]',
		);
	});

	test("with the same route: both modules and the route are named, and the database is free again", async () => {
		const route = (path: string) =>
			routeReading((body) => body, {
				method: "PUT",
				path,
				summary: "Another",
				who: "anyone",
				body: Type.Object({}),
				replies: {},
				run: () => json(200, {}),
			});
		expect(() => build([lamps(), other({}, [route("/lamps")])])).toThrow(
			'modules "lamps" and "shades" both have the route PUT /lamps',
		);
		const database = join(userdir, "iottalk.db");
		await until(() => !isInUse(database), "the database to be closed");
		expect(() => build([CSM, other({}, [route("/{name}")])])).toThrow(
			'modules "csm" and "shades" both have the route PUT /{id}',
		);
		await until(() => !isInUse(database), "the database to be closed");
		const server = build([CSM]);
		await server.start();
		await server.stop();
	});

	test("with the same metric: both modules and the metric are named, and the database is free again", async () => {
		const metric = (name: string): ServerModule => ({
			name: "shades",
			build: () => ({
				parts: [],
				routes: [],
				problems: () => [],
				metrics: () => [{ kind: "gauge", name, help: "Another.", read: () => 0 }],
			}),
		});
		expect(() => build([lamps(), metric("lamps_lit")])).toThrow(
			'modules "lamps" and "shades" both have the metric lamps_lit',
		);
		const database = join(userdir, "iottalk.db");
		await until(() => !isInUse(database), "the database to be closed");
		expect(() => build([metric("iotctl_ready")])).toThrow(
			'modules "shades" and "status" both have the metric iotctl_ready',
		);
		await until(() => !isInUse(database), "the database to be closed");
	});

	test("with tables under the same name: both modules and the name are named", () => {
		const shades = other({ schema: { module: "lamps", migrations: [] } });
		expect(() => build([lamps(), shades])).toThrow(
			'modules "lamps" and "shades" both have tables under the name "lamps"',
		);
		const own = other({ schema: { module: "store", migrations: [] } });
		expect(() => build([own])).toThrow(
			'modules "store" and "shades" both have tables under the name "store"',
		);
	});

	test("with the same name", () => {
		expect(() => build([lamps(), lamps()])).toThrow('two modules are called "lamps"');
	});
});

test("a start that fails stops what was started before", async () => {
	const said: string[] = [];
	const broken: ServerModule = {
		name: "broken",
		build: () => ({
			parts: [
				{
					name: "broken",
					start: () => {
						throw new Error("no lamp oil");
					},
				},
			],
			routes: [],
			problems: () => [],
			metrics: () => [],
		}),
	};
	const failure = await build([lamps(said), broken])
		.start()
		.then(
			() => undefined,
			(error: unknown) => error,
		);
	expect(String(failure)).toContain("no lamp oil");
	expect(said).toEqual(["start with room for 10", "finish", "stop"]);
});
