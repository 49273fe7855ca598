// From the start of the process to its first HTTP 200, and what it needs with nothing to do.
import { Socket } from "node:net";
import { readArguments } from "../scripts/program-arguments.ts";
import { type IniChanges, spawnBinary, startBinary } from "../test/support/target.ts";
import { atMost, type Finding, MB_PER_MIB, middle, print } from "./finding.ts";
import { anonymousMiB, cpuSeconds, residentMiB } from "./servers.ts";

const STARTS = 11;

/**
 * From the start of the process to its first HTTP 200, with the database kept; and its memory with nothing to do.
 * @param more Keys of the ini, such as another database.
 */
export async function starting(more: IniChanges = {}, starts = STARTS): Promise<Finding[]> {
	const first = await startBinary(more);
	const port = Number(new URL(first.http).port);
	await Bun.sleep(2000);
	const { pid } = first.process ?? {};
	const resident = pid === undefined ? Number.NaN : residentMiB(pid);
	const anonymous = pid === undefined ? Number.NaN : anonymousMiB(pid);
	const ini = `${first.userdir}/test.ini`;
	await first.stop();
	const took: number[] = [];
	let cpu = 0;
	for (let n = 0; n < starts; n++) {
		const begun = performance.now();
		const starting = spawnBinary(ini);
		await answered(port);
		took.push(performance.now() - begun);
		const started = await starting;
		cpu += cpuSeconds(started.process.pid);
		await started.stop();
	}
	await first.dispose();
	const all = took.map((ms) => Math.round(ms)).sort((a, b) => a - b);
	const range = ` (${all[0]}–${all.at(-1)})`;
	return [
		atMost("start to first HTTP 200", middle(took), 60, { unit: "ms", more: range }),
		atMost("processor time of a start", (cpu / starts) * 1000, 60, { unit: "ms" }),
		atMost("resident when idle", resident * MB_PER_MIB, 60, { unit: "MB" }),
		atMost("anonymous memory when idle", anonymous, 16, { unit: "MiB", digits: 1 }),
	];
}

/** Resolves when the port answers 200; asks again as soon as it was refused. */
async function answered(port: number): Promise<void> {
	for (;;) {
		const said = await new Promise<string>((resolve) => {
			const socket = new Socket();
			socket.on("error", () => resolve(""));
			socket.on("data", (chunk) => {
				socket.destroy();
				resolve(chunk.toString("latin1", 0, 15));
			});
			socket.connect(port, "127.0.0.1", () => {
				socket.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
			});
		});
		if (said.includes("200")) return;
		await Bun.sleep(1);
	}
}

if (import.meta.main) {
	readArguments(
		{ usage: "bun bench/starting.ts", about: "Measures a start, and memory with nothing to do." },
		{},
	);
	print(await starting());
	process.exit(0);
}
