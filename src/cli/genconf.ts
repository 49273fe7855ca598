import { writeFileSync } from "node:fs";
import type { IniFormat } from "../config/mod.ts";
import { ConfigError, codeOf, DeniedError } from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";
import { advise, quoted } from "./advice.ts";
import { print } from "./output.ts";

/**
 * `iotctl genconf DEST`; `-` is standard output.
 * @param ini What it is a sample of.
 * @param force Whether a file that is there is overwritten.
 * @throws ConfigError when the file is there already or cannot be written.
 */
export function genconf(ini: IniFormat<Config>, dest: string, force: boolean): void {
	if (dest === "-") {
		print(ini.sample());
		return;
	}
	try {
		writeFileSync(dest, ini.sample(), { flag: force ? "w" : "wx" });
	} catch (error) {
		if (codeOf(error) === "EEXIST") {
			throw new ConfigError(
				`"${dest}" already exists; choose another file, or overwrite it with --force`,
			);
		}
		throw DeniedError.from(`Cannot write "${dest}"`, dest, error);
	}
	print(`Wrote ${dest}. ${advise(`Use it with: iotctl -c ${quoted(dest)} start`, undefined)}\n`);
}
