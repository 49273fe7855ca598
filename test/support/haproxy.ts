// Debian's haproxy before several servers of a test.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./ports.ts";
import { programPath } from "./programs.ts";
import { until, within } from "./waiting.ts";

/**
 * How it chooses: all connections go to the first server that is up, and those to one that goes down are ended; or each
 * goes to the next server, those that one refuses to another.
 */
const WAYS = {
	first: (ports: readonly number[]) => [
		"default-server check inter 100ms fall 1 rise 1 on-marked-down shutdown-sessions",
		...ports.map((port, n) => `server s${n} 127.0.0.1:${port}${n === 0 ? "" : " backup"}`),
	],
	turns: (ports: readonly number[]) => [
		"balance roundrobin",
		"option redispatch",
		"default-server check inter 500ms fall 2 rise 1",
		...ports.map((port, n) => `server s${n} 127.0.0.1:${port}`),
	],
};

/** @param ports On this machine, in the order in which they are preferred. @returns its port, and what ends it. */
export async function startHaproxy(
	folder: string,
	ports: readonly number[],
	way: keyof typeof WAYS = "first",
): Promise<{ port: number; stop(): Promise<void> }> {
	const port = await freePort();
	const config = join(folder, "haproxy.cfg");
	writeFileSync(
		config,
		`defaults
	mode tcp
	timeout connect 1s
	timeout client 1h
	timeout server 1h
listen servers
	bind 127.0.0.1:${port}
${WAYS[way](ports)
	.map((line) => `\t${line}\n`)
	.join("")}`,
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
