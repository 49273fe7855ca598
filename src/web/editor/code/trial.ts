import { signal } from "@preact/signals";
import type { Refusal } from "../server/ask.ts";
import type { FunctionServer, Tried } from "./functions-server.ts";
import type { SampleRows } from "./sample-rows.ts";
import { readSample } from "./try-rows.ts";

/** Whether sources can be checked and tried: not while the workbench is off, nor by students where it has no sandbox. */
export type Bench = "on" | "off" | "forbidden";

/** Tries a source with rows of samples. */
export class Trial {
	readonly #server: Pick<FunctionServer, "try">;
	readonly #samples: SampleRows;
	readonly bench = signal<Bench>("on");
	readonly isTrying = signal(false);
	/** What the source's top level did. */
	readonly loading = signal<Tried | undefined>(undefined);

	constructor(server: Pick<FunctionServer, "try">, samples: SampleRows) {
		this.#server = server;
		this.#samples = samples;
	}

	/**
	 * Calls it with all rows that can be read.
	 * @param isCurrent Whether the source is still that one: results of another are not shown.
	 * @returns why it was not tried; undefined: it was, or cannot be on this server, which `bench` then says.
	 */
	async run(code: string, isCurrent: () => boolean): Promise<Refusal | undefined> {
		this.isTrying.value = true;
		try {
			for (const [stage, rows] of this.#samples.byStage()) {
				const samples = rows.map(({ text }) => sampleOf(text));
				const answer = await this.#server.try(code, stage, samples);
				if (!answer.ok) return this.#refused(answer);
				if (!isCurrent()) return undefined;
				this.bench.value = "on";
				this.loading.value = answer.body.loading;
				this.#samples.note(rows, answer.body.samples);
			}
			return undefined;
		} finally {
			this.isTrying.value = false;
		}
	}

	forgetResults(): void {
		this.loading.value = undefined;
		this.#samples.forgetResults();
	}

	#refused(refusal: Refusal): Refusal | undefined {
		if (refusal.status !== 403 && refusal.status !== 503) return refusal;
		this.bench.value = refusal.status === 403 ? "forbidden" : "off";
		return undefined;
	}
}

function sampleOf(text: string): unknown {
	const read = readSample(text);
	return read.ok ? read.value : null;
}
