// Debian's haproxy before two PostgreSQL servers of a test: all connections go to the first one, while it is up.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./mosquitto.ts";
import { programPath } from "./programs.ts";
import { until, within } from "./waiting.ts";

/** @param ports On this machine, in the order in which they are preferred. @returns its port, and what ends it. */
export async function startHaproxy(
	folder: string,
	ports: readonly [number, number],
): Promise<{ port: number; stop(): Promise<void> }> {
	const port = await freePort();
	const config = join(folder, "haproxy.cfg");
	const [first, second] = ports;
	writeFileSync(
		config,
		`defaults
	mode tcp
	timeout connect 1s
	timeout client 1h
	timeout server 1h
	default-server check inter 100ms fall 1 rise 1 on-marked-down shutdown-sessions
listen postgres
	bind 127.0.0.1:${port}
	server first 127.0.0.1:${first}
	server second 127.0.0.1:${second} backup
`,
	);
	const child = Bun.spawn([programPath("haproxy") ?? "haproxy", "-db", "-f", config], {
		stdout: "ignore",
		stderr: "ignore",
	});
	const isThere = () =>
		Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => {} } }).then(
			(socket) => {
				socket.end();
				return true;
			},
			() => false,
		);
	await until(isThere, "haproxy");
	return {
		port,
		stop: async () => {
			child.kill("SIGKILL");
			await within(child.exited, "the end of haproxy");
		},
	};
}
