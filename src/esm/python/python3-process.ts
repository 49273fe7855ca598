import { Value } from "@sinclair/typebox/value";
import type { FileSink, Subprocess } from "bun";
import { ConfigError } from "../../errors.ts";
import engineSource from "./engine.py" with { type: "text" };
import type { Engine, EngineEvents } from "./engine-process.ts";
import { type EngineLimits, EngineReply, type EngineRequest, limitsText } from "./protocol.ts";
import mainSource from "./python3_main.py" with { type: "text" };

/**
 * An engine on the machine's own python3: all its packages, a tenth of the memory, but no walls
 * except those of a process. For those who trust the authors of functions.
 */
export class Python3Process implements Engine {
	readonly #process: Subprocess<"pipe", "pipe", "ignore">;
	readonly #stdin: FileSink;

	constructor(limits: EngineLimits, events: EngineEvents) {
		const python = findPython3();
		this.#process = Bun.spawn([python, "-I", "-c", engineSource + mainSource, limitsText(limits)], {
			env: {},
			cwd: "/",
			detached: true,
			stdin: "pipe",
			stdout: "pipe",
			stderr: "ignore",
			onExit: (_process, code, signal) =>
				events.onExit(signal === null ? `exit code ${code}` : `signal ${signal}`),
		});
		this.#stdin = this.#process.stdin;
		void this.#read(events).catch(() => this.kill());
	}

	get pid(): number {
		return this.#process.pid;
	}

	send({ ask, text }: EngineRequest): void {
		const data = Buffer.from(text);
		void this.#write(Buffer.concat([Buffer.from(`${ask} ${data.length}\n`), data]));
	}

	kill(): void {
		this.#process.kill("SIGKILL");
	}

	/** A process that has just ended takes nothing more; its end is told by itself. */
	async #write(data: Uint8Array): Promise<void> {
		try {
			await this.#stdin.write(data);
			await this.#stdin.flush();
		} catch {}
	}

	async #read(events: EngineEvents): Promise<void> {
		let rest = Buffer.alloc(0);
		for await (const chunk of this.#process.stdout) {
			rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
			for (;;) {
				const line = rest.indexOf(10);
				if (line < 0) break;
				const [word, size] = rest.subarray(0, line).toString().split(" ");
				const end = line + 1 + Number(size);
				if (rest.length < end) break;
				const text = rest.subarray(line + 1, end).toString();
				rest = rest.subarray(end);
				const reply = { answer: word, ...(word === "ready" ? { filtered: false } : { text }) };
				if (!Value.Check(EngineReply, reply)) throw new TypeError("no engine reply");
				events.onReply(reply);
			}
		}
	}
}

/** @throws ConfigError when the machine has no python3. */
export function findPython3(): string {
	const path = ["/usr/bin/python3", "/usr/local/bin/python3"].find(
		(file) => Bun.which(file) !== null,
	);
	const python = path ?? Bun.which("python3");
	if (python !== null) return python;
	throw new ConfigError(
		"Cannot find python3, which engine in [esm] asks for; install it or use embedded",
	);
}
