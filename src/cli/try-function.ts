import { readFileSync } from "node:fs";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { ConfigError, DeniedError, visibleLines } from "../kit/mod.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { ProjectServer } from "./projects/server.ts";

export interface TryOptions {
	/** Each a message's values. */
	readonly sample: readonly unknown[];
	/** Which function of a graph it is to be: that of an input by default. */
	readonly stage?: string;
	readonly json?: boolean;
}

const Tried = Type.Object({
	result: Type.Optional(Type.Unknown()),
	error: Type.Union([
		Type.Object({ line: Type.Union([Type.Integer(), Type.Null()]), reason: Type.String() }),
		Type.Null(),
	]),
	printed: Type.String(),
	ms: Type.Number(),
});
const Report = Type.Object({ loading: Tried, samples: Type.Array(Tried) });

interface Outcome {
	readonly result?: unknown;
	readonly error: { readonly line: number | null; readonly reason: string } | null;
	readonly printed: string;
	readonly ms: number;
}

/**
 * `iotctl function try FILE --sample JSON`; ends with exit code 1 when a sample has no result.
 * @throws NotRunning; ConfigError when the file cannot be read or the server refuses; DeniedError.
 */
export async function tryFunction(
	options: GlobalOptions,
	file: string,
	{ sample: samples, stage = "idf", json = false }: TryOptions,
): Promise<void> {
	const code = sourceIn(file);
	const server = ProjectServer.find(options);
	const report = await server.ask("POST", "/api/v1/functions/try", { code, stage, samples });
	if (!Value.Check(Report, report)) throw new ConfigError("the server's answer is not a report");
	if (json) print(`${JSON.stringify(report, null, 2)}\n`);
	else print(reportText(samples, report));
	if (report.samples.some(({ error }) => error !== null)) process.exitCode = 1;
}

function sourceIn(file: string): string {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file === "-" ? 0 : file));
	} catch (error) {
		if (error instanceof TypeError) throw new ConfigError(`Cannot read "${file}": it is not UTF-8`);
		throw DeniedError.from(`Cannot read "${file}"`, file, error);
	}
}

/** The report for people. */
export function reportText(
	samples: readonly unknown[],
	{ loading, samples: tried }: { readonly loading: Outcome; readonly samples: readonly Outcome[] },
): string {
	if (loading.error !== null) return `${printedOf(loading)}${errorOf(loading)}\n`;
	const lines = tried.map((one, index) => {
		const what = JSON.stringify(samples[index]);
		const gave = one.error === null ? JSON.stringify(one.result ?? null) : errorOf(one);
		return `${printedOf(loading, index > 0)}${what} → ${gave}  (${one.ms.toFixed(1)} ms)\n${printedOf(one)}`;
	});
	return lines.join("");
}

function errorOf({ error }: Outcome): string {
	if (error === null) return "";
	const where = error.line === null ? "" : `line ${error.line}: `;
	const [last = ""] = error.reason.trim().split("\n").slice(-1);
	return `error: ${where}${visibleLines(last)}`;
}

/** @param isSaid Whether it was shown before. */
function printedOf({ printed }: Outcome, isSaid = false): string {
	if (isSaid || printed === "") return "";
	const lines = printed.replace(/\n$/, "").split("\n");
	return lines.map((line) => `  | ${line}\n`).join("");
}
