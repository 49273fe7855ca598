import { findPython3, type Importable, importable } from "../../dataflow/mod.ts";
import { ConfigError, messageOf } from "../../kit/mod.ts";
import { dataPathOptions, esmOf, functionsCaution } from "../../servers/mod.ts";
import type { Config } from "../../settings/mod.ts";
import type { Finding } from "./places.ts";

const LINE_WIDTH = 100;

/** The Python that runs functions, and packages of it that cannot be used. */
export function engine(config: Config): Finding[] {
	const what = "engine";
	const esm = esmOf(config);
	try {
		if (esm.engine === "python3") {
			const unused: Finding = {
				what: "packages",
				state: "note",
				text: "ignored: engine = python3 uses the packages installed on this machine",
			};
			const text = `${findPython3()}: ${functionsCaution(config)}`;
			return [{ what, state: "note", text }, ...(esm.packages === "" ? [] : [unused])];
		}
		if (esm.packages === "") return [];
		const { packages, problems } = found(config);
		const text = packages.length === 0 ? "no wheels in the folder" : packages.join(", ");
		return [
			{ what: "packages", state: packages.length === 0 ? "note" : "ok", text },
			...problems.map((problem): Finding => ({ what: "packages", state: "note", text: problem })),
		];
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		return [{ what, state: "FAIL", text: messageOf(error) }];
	}
}

/** What functions can import, as text for a terminal. */
export function importList(config: Config): string {
	let known: Importable;
	try {
		known = found(config);
	} catch (error) {
		if (error instanceof ConfigError) return "";
		throw error;
	}
	const { standard, packages, problems } = known;
	const which =
		esmOf(config).engine === "python3"
			? "packages of this machine"
			: "the folder of packages in [esm]";
	return [
		`\nFunctions can import from Python's standard library:\n${paragraph(standard)}`,
		`From ${which}:\n${paragraph(packages.length === 0 ? ["none"] : packages)}`,
		...(esmOf(config).engine === "python3" ? problems.map((problem) => `${problem}\n`) : []),
	].join("\n");
}

function found(config: Config): Importable {
	return importable(esmOf(config).engine, dataPathOptions(config));
}

function paragraph(words: readonly string[]): string {
	const lines: string[] = [""];
	for (const word of words) {
		const line = lines.at(-1) ?? "";
		if (line.length + word.length > LINE_WIDTH) lines.push(word);
		else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
	}
	return lines.map((line) => `  ${line}\n`).join("");
}
