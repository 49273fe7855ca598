// bun bench/live.ts: what people who look at a project cost, and how soon they see a change.
import { readArguments } from "../scripts/program-arguments.ts";
import type { WebPerson } from "../test/support/project-server.ts";
import { ProjectServer } from "../test/support/project-server.ts";
import { drawProject, runProject } from "../test/support/sensor-project.ts";
import { atLeast, atMost, type Finding, middle, print } from "./finding.ts";
import { type Measured, measure, type Subject } from "./servers.ts";

/** People in a class, and streams of one account. */
const STREAMS = 40;
const STREAMS_EACH = 10;
const CHANGES = 200;
const ROUNDS = 3;
const CLOSED = { payload: "[42]", qos: 0, window: 256, seconds: 4, warmupSeconds: 1 } as const;

/** A running project with a Python function, measured with streams open and without. */
export async function live(rounds = ROUNDS): Promise<Finding[]> {
	const server = await ProjectServer.start();
	try {
		const ann = await server.person("ann");
		const drawn = await drawProject(ann, "bench");
		const code = "def run(x):\n    return int(x)\n";
		const { fn_id } = await ann.ok("PUT", "/api/v0/function", { fn_name: "int2", code });
		const dfm_list = [{ dfo_id: drawn.input, dfmp_list: [{ param_i: 0, fn_id }] }];
		await ann.ok("POST", `/api/v0/project/${drawn.pId}/na/${drawn.naId}`, { dfm_list });
		const { from, to, sensor, display } = await runProject(server, ann, "bench", drawn);
		await display.client.unsubscribe(to);
		const subject: Subject = {
			name: "a project",
			port: Number(new URL(server.mqtt).port),
			pairs: [{ to: from, from: to }],
			pids: () => ({ server: server.pid }),
			stop: async () => {},
		};
		const people = await classOf(server, ann, drawn.pId);
		const ratios: number[] = [];
		for (let n = 0; n < rounds; n++) {
			const unwatched = await measure(subject, CLOSED);
			const end = await look(people, drawn.pId, server);
			const watched = await measure(subject, CLOSED);
			if (end() !== STREAMS) throw new Error("not all streams carried values");
			ratios.push(watched.perSecond / unwatched.perSecond);
			console.log(`unwatched ${said(unwatched)}, watched by ${STREAMS} ${said(watched)}`);
			// Monitoring goes on for a while.
			await Bun.sleep(11_000);
		}
		const latencies = await changesSeen(people, ann, drawn, server);
		await sensor.client.end();
		await display.client.end();
		return [
			atLeast(
				`a project watched by ${STREAMS} people, of its unwatched rate`,
				middle(ratios),
				0.9,
				{ unit: "", digits: 2 },
			),
			atMost(
				`a change until it is in an open stream, of ${STREAMS}, p95`,
				latencies[Math.floor(latencies.length * 0.95)] ?? Number.NaN,
				300,
				{ unit: "ms", digits: 1 },
			),
		];
	} finally {
		await server.dispose();
	}
}

function said({ perSecond, cpuOf }: Measured): string {
	return `${Math.round(perSecond)}/s with ${cpuOf.server?.toFixed(2)} s of the server per 100,000`;
}

async function classOf(server: ProjectServer, owner: WebPerson, pId: number): Promise<WebPerson[]> {
	const people: WebPerson[] = [];
	for (let n = 0; n < STREAMS / STREAMS_EACH; n++) {
		const person = await server.person(`person${n}`);
		const { u_id } = await person.ok("GET", "/api/v0/account");
		await owner.ok("POST", `/api/v0/project/${pId}/share`, { u_id, may: "look" });
		people.push(...Array.from({ length: STREAMS_EACH }, () => person));
	}
	return people;
}

/**
 * Opens a stream for each, and takes what comes without looking at it: readers are on machines of their own, and what
 * they cost is not the server's.
 * @returns what closes them, and says how many heard values.
 */
async function look(
	people: readonly WebPerson[],
	pId: number,
	server: ProjectServer,
): Promise<() => number> {
	const { hostname, port } = new URL(server.http);
	const heard = new Set<number>();
	const sockets = await Promise.all(
		people.map((person, n) =>
			Bun.connect({
				hostname,
				port: Number(port),
				socket: {
					open: (socket) => {
						socket.write(person.eventsRequest(pId));
					},
					data: (_, bytes) => {
						if (bytes.includes("event: values")) heard.add(n);
					},
				},
			}),
		),
	);
	return () => {
		for (const socket of sockets) socket.terminate();
		return heard.size;
	};
}

/** Milliseconds from a request to its event, in order of size. */
async function changesSeen(
	people: readonly WebPerson[],
	owner: WebPerson,
	{ pId, naId }: { readonly pId: number; readonly naId: number },
	server: ProjectServer,
): Promise<number[]> {
	const end = await look(people.slice(1), pId, server);
	const reader = await owner.events(pId);
	const { document } = await reader.next("project");
	const latencies: number[] = [];
	for (let n = 1; n <= CHANGES; n++) {
		const begun = performance.now();
		const seen = reader.next("changes", ({ rev }) => rev === document.rev + n);
		const changes = [{ kind: "rename_join", na_id: naId, na_name: `n${n}` }];
		const body = { base_rev: document.rev, changes };
		await Promise.all([owner.ok("POST", `/api/v1/projects/${pId}/changes`, body), seen]);
		latencies.push(performance.now() - begun);
	}
	await reader.leave();
	end();
	return latencies.sort((a, b) => a - b);
}

if (import.meta.main) {
	readArguments(
		{
			usage: "bun bench/live.ts",
			about: "Measures what people who look at a project cost, and how soon they see a change.",
		},
		{},
	);
	print(await live());
	process.exit(0);
}
