import { signal } from "@preact/signals";
import type { Refusal } from "../server/ask.ts";
import type { FunctionServer, Tried } from "./functions-server.ts";
import type { SampleRows } from "./sample-rows.ts";
import { readSample, verdictOf } from "./try-rows.ts";

/** Whether sources can be checked and tried: not while the workbench is off, nor by students where it has no sandbox. */
export type Bench = "on" | "off" | "forbidden";

export interface TrialOutcome {
	/** Why it was not tried; undefined: it was, or cannot be on this server, which `bench` then says. */
	readonly refusal?: Refusal;
	/** Numbers, from 1, of the pinned rows that gave something else. */
	readonly differing: readonly number[];
}

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
	 */
	async run(code: string, isCurrent: () => boolean): Promise<TrialOutcome> {
		const all = this.#samples.rows.value;
		const differing: number[] = [];
		this.isTrying.value = true;
		try {
			for (const [stage, rows] of this.#samples.byStage()) {
				const samples = rows.map(({ text }) => sampleOf(text));
				const answer = await this.#server.try(code, stage, samples);
				if (!answer.ok) return this.#refused(answer);
				const { loading, samples: tried } = answer.body;
				for (const [at, row] of rows.entries()) {
					if (verdictOf(row, tried[at]) === "differs") differing.push(all.indexOf(row) + 1);
				}
				this.bench.value = "on";
				if (!isCurrent()) continue;
				this.loading.value = loading;
				this.#samples.note(rows, tried);
			}
			return { differing: differing.sort((a, b) => a - b) };
		} finally {
			this.isTrying.value = false;
		}
	}

	forgetResults(): void {
		this.loading.value = undefined;
		this.#samples.forgetResults();
	}

	#refused(refusal: Refusal): TrialOutcome {
		if (refusal.status !== 403 && refusal.status !== 503) return { refusal, differing: [] };
		this.bench.value = refusal.status === 403 ? "forbidden" : "off";
		return { differing: [] };
	}
}

function sampleOf(text: string): unknown {
	const read = readSample(text);
	return read.ok ? read.value : null;
}
